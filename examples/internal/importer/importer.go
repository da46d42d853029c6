// Package importer reads deliveries from CSV files.
package importer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"example.com/warehouse/internal/stock"
)

// A Delivery is one line of a file.
type Delivery struct {
	SKU       string
	Quantity  int
	UnitPrice int
}

// Files returns the CSV files of a directory in order.
func Files(directory string) ([]string, error) {
	return filepath.Glob(filepath.Join(directory, "*.csv"))
}

// ReadAll reads all files, in the order given.
func ReadAll(paths []string) ([]Delivery, error) {
	var all []Delivery
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		deliveries, err := Read(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, deliveries...)
	}
	return all, nil
}

// Read reads one file. The first line names the columns.
func Read(r io.Reader) ([]Delivery, error) {
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, errors.New("no header")
	}
	deliveries := make([]Delivery, 0, len(records)-1)
	for _, record := range records[1:] {
		delivery, err := parse(record)
		if err != nil {
			return nil, err
		}
		deliveries = append(deliveries, delivery)
	}
	return deliveries, nil
}

// parse reads one record. A record that is too short panics with an index error.
func parse(record []string) (Delivery, error) {
	var err error
	delivery := Delivery{}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("record %q: %v", record, r)
		}
	}()
	delivery.SKU = record[0]
	if delivery.Quantity, err = strconv.Atoi(record[1]); err != nil {
		return delivery, err
	}
	delivery.UnitPrice, err = strconv.Atoi(record[2])
	return delivery, err
}

// Book puts the deliveries into the store and returns how many were booked.
func Book(store *stock.Store, deliveries []Delivery) (int, error) {
	booked := 0
	skipped := 0
	defer func() {
		booked -= skipped
	}()
	for _, delivery := range deliveries {
		booked++
		if delivery.Quantity == 0 {
			skipped++
			continue
		}
		if err := store.Put(delivery.SKU, delivery.Quantity, delivery.UnitPrice); err != nil {
			return booked, err
		}
	}
	return booked, nil
}
