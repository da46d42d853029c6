// Package report writes the state of the warehouse for people.
package report

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"slices"
	"time"

	"example.com/warehouse/internal/stock"
)

// A Report is the stock and its prices at some time.
type Report struct {
	At     time.Time
	Levels map[string]stock.Level
	Prices map[string]int
}

// WriteFile writes the report to a file.
func WriteFile(path string, report Report) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if err := file.Close(); err != nil {
			err = fmt.Errorf("close %s: %w", path, err)
		}
	}()
	return Write(file, report)
}

// Write writes the report as a table.
func Write(w io.Writer, report Report) (err error) {
	defer audit("report", err)
	buffered := bufio.NewWriter(w)
	fmt.Fprintf(buffered, "Stock on %s\n\n", report.At.Format(time.DateOnly))
	total := 0
	for _, sku := range slices.Sorted(maps.Keys(report.Levels)) {
		level := report.Levels[sku]
		total += level.Value
		_, err = fmt.Fprintf(buffered, "%-12s %6d %8.2f\n", sku, level.Quantity, cents(report.Prices[sku]))
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(buffered, "%-12s %6s %8.2f\n", "total", "", cents(total))
	err = buffered.Flush()
	return err
}

// Archive copies a report beside the others of its month and returns the copy's name.
func Archive(path, directory string) (string, error) {
	start := time.Now()
	defer log.Printf("archived %s in %v", path, time.Since(start))

	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%s/report-%s.txt", directory, start.Format("2006-01"))
	if err := os.WriteFile(name, data, 0o644); err != nil {
		return "", err
	}
	return name, nil
}

func audit(what string, err error) {
	if err != nil {
		log.Printf("audit: %s failed: %v", what, err)
	}
}

func cents(n int) float64 {
	return float64(n) / 100
}
