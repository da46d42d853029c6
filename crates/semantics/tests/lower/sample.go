// Package warehouse is a sample of what Go has: it is cut off at every byte.
package warehouse

import (
	"errors"
	"fmt"
	m "maps"
	"sync"
)

// Sentinel errors.
var (
	ErrMissing       = errors.New("missing") // ü
	errClosed        = fmt.Errorf("closed: %w", ErrMissing)
	_          Store = (*memory)(nil)
)

const (
	kindBox Kind = iota + 1
	kindCrate
	limit, name = 10, `raw
string`
)

type (
	// Kind says what an item is.
	Kind uint8
	// Item is stored.
	Item struct {
		Kind
		*sync.Mutex
		Name, Label string `json:"-"`
		tags        map[string][]string
		next        *Item
		visit       func(depth int, items ...*Item) (bool, error)
	}
	// Store holds items.
	Store interface {
		fmt.Stringer
		Get(key string) (*Item, error)
		put(string, *Item)
	}
	number                    interface{ ~int | ~float64 }
	Pair[K comparable, V any] struct {
		Key   K
		Value V
	}
	alias = map[string]Pair[string, *Item]
)

type memory struct {
	lock  sync.RWMutex
	items alias
	done  <-chan struct{}
}

// Get returns the item, or an error.
func (s *memory) Get(key string) (item *Item, err error) {
	s.lock.RLock()
	defer s.lock.RUnlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("get %q: %v", key, r)
		}
	}()
	if pair, ok := s.items[key]; ok {
		return pair.Value, nil
	} else if key == "" {
		return nil, errClosed
	} else {
		item, err := s.load(key)
		return item, err
	}
}

func (s *memory) put(key string, item *Item) {
	s.items[key] = Pair[string, *Item]{Key: key, Value: item}
	s.items[key].Value.tags["put"] = append(item.tags["put"], key)
}

func (*memory) String() string { return "memory" }

func (s *memory) load(_ string) (*Item, error)

func sum[T number](values ...T) (total T) {
	for _, value := range values {
		total += value
	}
	return
}

func (p Pair[K, _]) key() K { return p.Key }

func classify(value any) string {
	switch v := value.(type) {
	case nil:
		return "nil"
	case int, uint8:
		return fmt.Sprint(v)
	case []string:
		for i := range v {
			v[i] += "!"
		}
		return v[0]
	case func() error:
		if err := v(); err != nil {
			return err.Error()
		}
		fallthroughless := 'x'
		_ = fallthroughless
	default:
		panic("unknown")
	}
	return ""
}

func loop(n int, c chan<- int, in <-chan int, done chan struct{}) (out []int) {
	var a [4]int
	b := a[:]
outer:
	for i := 0; i < n; i++ {
		for j := range 10 {
			switch x := i * j; {
			case x > 3 && x%2 == 0 || x == -1:
				continue outer
			case x == 7:
				fallthrough
			default:
				break outer
			}
		}
		select {
		case c <- i:
		case v, ok := <-in:
			if !ok {
				goto end
			}
			out = append(out, v)
		case <-done:
			return nil
		default:
			b[i&3]++
			a[0] ^= 1 << 2
		}
	}
end:
	for k, v := range m.All(map[string]int{"a": 1, "b": 2}) {
		_, _ = k, v
	}
	go func(i int) {
		defer close(done)
		out[i]--
	}(1)
	return out[1:len(out):cap(out)]
}

func tables() {
	tests := []struct {
		name string
		in   map[string][]int
		want func(x int) (y int)
	}{
		{name: "one", in: map[string][]int{"x": {1, 2}, "y": nil}},
		{"two", nil, func(x int) (y int) { y = x; return }},
	}
	for _, test := range tests {
		test := test
		run := func() (err error) {
			defer func() { err = errors.Join(err, recover().(error)) }()
			p := &test
			p.name, (*p).in["z"][0] = "three", -1
			return nil
		}
		if err := run(); errors.Is(err, ErrMissing) {
			fmt.Println(test.name, "日本語", err)
		}
	}
	{
		type local struct{ next *local }
		var x local
		x.next = &local{next: new(local)}
		const c = limit * 2
	}
	var grid [limit][limit + 1]complex128
	grid[0][1] = 2i + complex(1.5e3, 0x1p-2)
	for i, row := range grid {
		for j := 0; j < len(row); j, i = j+1, i-1 {
			grid[i][j] *= row[j]
		}
	}
	if f := sum[float64]; f != nil {
		_ = f(1, 2.5, sum([]float64{3}...))
	}
	done := make(chan struct{}, 1)
	go loop(3, make(chan<- int), nil, done)
	<-done
	var s Store = &memory{items: make(alias), done: done}
	if m, ok := s.(*memory); ok && m.items != nil {
		clear(m.items)
		delete(m.items, "x")
	}
	/* A comment with ` and " and '. */
	_ = '\'' + len("\"//")
}
