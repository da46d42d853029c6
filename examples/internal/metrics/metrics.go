// Package metrics counts what the warehouse does.
package metrics

import (
	"maps"
	"sync"
	"time"
)

// Counters counts events by name. It may be used by several goroutines.
type Counters struct {
	mu     sync.Mutex
	counts map[string]int
}

// NewCounters returns counters that all stand at 0.
func NewCounters() *Counters {
	return &Counters{counts: make(map[string]int)}
}

// Add counts n events.
func (c *Counters) Add(name string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[name] += n
}

// Flush returns the counts since the last flush and starts over.
func (c *Counters) Flush() map[string]int {
	c.mu.Lock()
	defer func() {
		clear(c.counts)
		c.mu.Unlock()
	}()
	return c.counts
}

// Measure runs the steps in order and returns how many milliseconds each of them and all of them took.
func Measure(names []string, step func(string) error) (map[string]int64, error) {
	took := make(map[string]int64, len(names))
	begin := time.Now()
	defer func() {
		took["total"] = time.Since(begin).Milliseconds()
	}()
	for _, name := range names {
		start := time.Now()
		if err := step(name); err != nil {
			return nil, err
		}
		took[name] = time.Since(start).Milliseconds()
	}
	return maps.Clone(took), nil
}

// Compare returns by how much the counts grew.
func Compare(before, after map[string]int) map[string]int {
	growth := make(map[string]int, len(after))
	for name, n := range after {
		if n != before[name] {
			growth[name] = n - before[name]
		}
	}
	return growth
}
