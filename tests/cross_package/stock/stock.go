// Package stock holds a map type.
package stock

// Counts says how many there are of each thing.
type Counts map[string]int
