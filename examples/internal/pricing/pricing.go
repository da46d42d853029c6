// Package pricing computes what the stock sells for.
package pricing

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"example.com/warehouse/internal/stock"
)

// A Discount takes some percent off when at least From pieces are bought.
type Discount struct {
	From    int `json:"from"`
	Percent int `json:"percent"`
}

// A Strategy computes the price of one article in cents. It may panic for articles it doesn't know.
type Strategy func(sku string, level stock.Level) int

// Discounts reads the discounts by article. Without a file nothing is discounted.
func Discounts(path string) (discounts map[string]Discount, err error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return map[string]Discount{}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &discounts); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return discounts, nil
}

// WithDiscounts returns a strategy that adds a margin in percent and takes off the discount.
func WithDiscounts(margin int, discounts map[string]Discount) Strategy {
	return func(sku string, level stock.Level) int {
		price := level.Value / level.Quantity * (100 + margin) / 100
		discount, ok := discounts[sku]
		if ok && level.Quantity >= discount.From {
			price -= price * discount.Percent / 100
		}
		return price
	}
}

// Prices applies a strategy to all levels. A strategy that panics must not take the import down.
func Prices(levels map[string]stock.Level, strategy Strategy) map[string]int {
	defer func() {
		if r := recover(); r != nil {
			log.Printf("pricing: %v", r)
		}
	}()
	prices := make(map[string]int, len(levels))
	for sku, level := range levels {
		prices[sku] = strategy(sku, level)
	}
	return prices
}

// Margins returns what an article earns a piece, in cents.
func Margins(levels map[string]stock.Level, strategy Strategy) map[string]int {
	defer logPanic("margins")
	return margins(levels, Prices(levels, strategy))
}

func margins(levels map[string]stock.Level, prices map[string]int) map[string]int {
	result := make(map[string]int, len(levels))
	for sku, level := range levels {
		result[sku] = prices[sku] - level.Value/level.Quantity
	}
	return result
}

func logPanic(what string) {
	if r := recover(); r != nil {
		log.Printf("%s: %v", what, r)
	}
}

// Quote returns the price of a single article and whether the strategy knows it.
func Quote(sku string, level stock.Level, strategy Strategy) (price int, ok bool) {
	defer func() {
		if recover() != nil {
			price, ok = 0, false
		}
	}()
	return strategy(sku, level), true
}

// Categories returns the discount group of every article.
func Categories(levels map[string]stock.Level, group func(string) string) map[string]string {
	defer func() {
		if r := recover(); r != nil {
			log.Printf("categories: %v", r)
		}
	}()
	if group == nil {
		return map[string]string{}
	}
	categories := make(map[string]string, len(levels))
	for sku := range levels {
		categories[sku] = group(sku)
	}
	return categories
}
