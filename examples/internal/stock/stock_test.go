package stock

import (
	"errors"
	"testing"
)

func TestTake(t *testing.T) {
	store := NewStore()
	if err := store.Put("bolt", 10, 4); err != nil {
		t.Fatal(err)
	}
	value, err := store.Take("bolt", 5)
	if value != 20 || err != nil {
		t.Errorf("Take = %d, %v", value, err)
	}
	if _, err := store.Take("bolt", 6); !errors.Is(err, ErrShort) {
		t.Errorf("Take of too much: %v", err)
	}
}
