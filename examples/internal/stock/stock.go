// Package stock keeps the quantity of every article.
package stock

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// ErrShort is returned when more is taken than is there.
var ErrShort = errors.New("not enough in stock")

// A Level is the quantity and the value of one article, the value in cents.
type Level struct {
	Quantity int
	Value    int
}

// A Store holds the levels by article. It may be used by several goroutines.
type Store struct {
	mu     sync.RWMutex
	levels map[string]Level
}

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{levels: make(map[string]Level)}
}

// Put books a delivery.
func (s *Store) Put(sku string, quantity, unitPrice int) error {
	if quantity <= 0 {
		return fmt.Errorf("put %s: quantity %d", sku, quantity)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	level := s.levels[sku]
	level.Quantity += quantity
	level.Value += quantity * unitPrice
	s.levels[sku] = level
	return nil
}

// Take books an outgoing quantity at the average price.
func (s *Store) Take(sku string, quantity int) (value int, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("take %s: %w", sku, err)
		}
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	level := s.levels[sku]
	if level.Quantity < quantity {
		return 0, ErrShort
	}
	value = level.Value * quantity / level.Quantity
	level.Quantity -= quantity
	level.Value -= value
	s.levels[sku] = level
	return value, nil
}

// Snapshot returns a copy of all levels.
func (s *Store) Snapshot() map[string]Level {
	s.mu.RLock()
	defer s.mu.RUnlock()
	levels := maps.Clone(s.levels)
	return levels
}

// SKUs returns the names of all articles in order.
func (s *Store) SKUs() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Sorted(maps.Keys(s.levels))
}
