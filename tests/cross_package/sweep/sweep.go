// Package sweep empties maps.
package sweep

import "example.com/depot/stock"

// Empty takes everything out.
func Empty(counts stock.Counts) {
	clear(counts)
}
