// Package depot does wrong what only the packages that it imports show to be wrong.
package depot

import (
	"example.com/depot/guard"
	"example.com/depot/stock"
	"example.com/depot/sweep"
)

// Take returns a map that it empties on its way out.
func Take() stock.Counts {
	counts := stock.Counts{"bolts": 2}
	defer sweep.Empty(counts)
	return counts
}

// Load returns a nil map after a panic.
func Load(read func() stock.Counts) stock.Counts {
	defer guard.Recover()
	counts := read()
	return counts
}

// Work doesn't stop a panic: the helper isn't what is deferred.
func Work(job func()) {
	defer func() {
		guard.Recover()
	}()
	job()
}

// MustLoad never returns a nil map: after a panic it doesn't return.
func MustLoad(read func() stock.Counts) stock.Counts {
	defer func() {
		if r := recover(); r != nil {
			guard.Exit(r)
		}
	}()
	counts := read()
	return counts
}
