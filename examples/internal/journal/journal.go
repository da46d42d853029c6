// Package journal writes down what was booked, one line a booking.
package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ErrBadName is returned for an article that would break the line format.
var ErrBadName = errors.New("journal: bad article name")

// An Entry is one booking.
type Entry struct {
	SKU      string
	Quantity int
}

// Write writes the entries to a new file, or leaves none behind.
func Write(path string, entries []Entry) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(path)
		}
	}()
	defer file.Close()

	for _, entry := range entries {
		if strings.ContainsAny(entry.SKU, " \n") {
			return fmt.Errorf("%w: %q", ErrBadName, entry.SKU)
		}
		if _, err := fmt.Fprintln(file, entry.SKU, entry.Quantity); err != nil {
			return err
		}
	}
	return file.Sync()
}

// A Batch collects entries until they are committed.
type Batch struct {
	pending   []Entry
	committed []Entry
	open      bool
}

// Begin opens the batch.
func (b *Batch) Begin() error {
	if b.open {
		return errors.New("journal: batch is open")
	}
	b.open = true
	return nil
}

// Add adds an entry.
func (b *Batch) Add(entry Entry) error {
	if !b.open {
		return errors.New("journal: batch is closed")
	}
	b.pending = append(b.pending, entry)
	return nil
}

// Rollback forgets what was added since Begin.
func (b *Batch) Rollback() {
	b.pending = nil
	b.open = false
}

// Commit keeps what was added since Begin.
func (b *Batch) Commit() error {
	b.committed = append(b.committed, b.pending...)
	b.pending = nil
	b.open = false
	return nil
}

// Entries returns what was committed.
func (b *Batch) Entries() []Entry {
	return b.committed
}

// Append adds the entries as a whole.
func (b *Batch) Append(entries []Entry) error {
	err := b.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			b.Rollback()
		}
	}()
	for _, entry := range entries {
		if entry.Quantity == 0 {
			return fmt.Errorf("journal: %s: nothing booked", entry.SKU)
		}
		if err = b.Add(entry); err != nil {
			return err
		}
	}
	return b.Commit()
}

// Read reads a journal back.
func Read(path string) (entries []Entry, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := file.Close(); cerr != nil {
			err = errors.Join(err, cerr)
		}
	}()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		var entry Entry
		if _, err := fmt.Sscan(scanner.Text(), &entry.SKU, &entry.Quantity); err != nil && err != io.EOF {
			return entries, err
		}
		entries = append(entries, entry)
	}
	return entries, scanner.Err()
}
