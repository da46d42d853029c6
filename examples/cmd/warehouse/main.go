// Command warehouse imports deliveries and writes a report.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"example.com/warehouse/internal/importer"
	"example.com/warehouse/internal/jobs"
	"example.com/warehouse/internal/journal"
	"example.com/warehouse/internal/metrics"
	"example.com/warehouse/internal/pricing"
	"example.com/warehouse/internal/report"
	"example.com/warehouse/internal/stock"
)

// margin is added to the average buying price, in percent.
const margin = 40

func main() {
	data := flag.String("data", "data", "directory of the deliveries")
	out := flag.String("out", "", "file for the report (standard output if empty)")
	flag.Parse()
	if err := run(*data, *out); err != nil {
		fmt.Fprintln(os.Stderr, "warehouse:", err)
		os.Exit(1)
	}
}

func run(data, out string) error {
	store := stock.NewStore()
	counters := metrics.NewCounters()
	if err := importAll(data, store, counters); err != nil {
		return err
	}
	discounts, err := pricing.Discounts(filepath.Join(data, "discounts.json"))
	if err != nil {
		return err
	}
	levels := store.Snapshot()
	current := report.Report{
		At:     time.Now(),
		Levels: levels,
		Prices: pricing.Prices(levels, pricing.WithDiscounts(margin, discounts)),
	}
	job := jobs.Job{Name: "report", Run: func() error {
		if out == "" {
			return report.Write(os.Stdout, current)
		}
		return report.WriteFile(out, current)
	}}
	return jobs.Attempt(3, job)
}

func importAll(data string, store *stock.Store, counters *metrics.Counters) error {
	paths, err := importer.Files(data)
	if err != nil {
		return err
	}
	deliveries, err := importer.ReadAll(paths)
	if err != nil {
		return err
	}
	booked, err := importer.Book(store, deliveries)
	if err != nil {
		return err
	}
	counters.Add("booked", booked)
	var batch journal.Batch
	entries := make([]journal.Entry, 0, len(deliveries))
	for _, delivery := range deliveries {
		entries = append(entries, journal.Entry{SKU: delivery.SKU, Quantity: delivery.Quantity})
	}
	if err := batch.Append(entries); err != nil {
		return err
	}
	log.Printf("imported %d deliveries from %d files", len(batch.Entries()), len(paths))
	return nil
}
