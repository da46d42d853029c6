// Forms of a returned map that are written by hand: the generated programs have the orders of calls.
package main

import (
	"errors"
	"fmt"
	"sync"
)

type source interface {
	load(key string) map[string]int
}

type loader struct{ loaded map[string]int }

func (l *loader) load(key string) map[string]int {
	fmt.Println("load", key)
	l.loaded[key]++
	return l.loaded
}

type labels map[string]string

type counter[K comparable] struct{ counts map[K]int }

func (c *counter[K]) snapshot(keys ...K) map[K]int {
	defer fmt.Println("snapshot of", len(keys))
	for _, key := range keys {
		c.counts[key]++
	}
	return func() map[K]int {
		defer fmt.Println("copied")
		return clone(c.counts)
	}()
}

func clone[M ~map[K]V, K comparable, V any](m M) M {
	defer fmt.Println("clone", len(m))
	return M{}
}

func throughInterface(s source, err error) (map[string]int, error) {
	defer func() { err = errors.New("too late") }()
	return s.load("a"), err
}

func namedType() (l labels) {
	defer func() { l["deferred"] = "yes" }()
	return labels{"a": "b"}
}

func asInterface() any {
	defer fmt.Println("as interface")
	return labels{"dynamic": "type"}
}

func nested() map[string]map[string]int {
	defer fmt.Println("nested")
	return map[string]map[string]int{
		// The comment of an element.
		"a": {"b": first()},
	}
}

func first() int {
	fmt.Println("first")
	return 1
}

func m() map[string]int {
	defer fmt.Println("the function m")
	return map[string]int{"m": 1}
}

func nameTaken(result map[string]int) map[string]int {
	defer fmt.Println("name taken")
	m := first()
	return map[string]int{"m": m, "n": result["m"]}
}

func received(maps chan map[string]int, numbers chan int) (int, map[string]int) {
	defer close(maps)
	return <-numbers, <-maps
}

func locked(mutex *sync.Mutex, l *loader) (int, map[string]int) {
	mutex.Lock()
	defer mutex.Unlock()
	l.loaded["locked"]++
	return len(l.loaded), l.load("locked")
}

func panics() (found map[string]int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println("recovered", r)
		}
	}()
	found = map[string]int{"partial": 1}
	return map[string]int{"a": explode()}
}

func explode() int { panic("boom") }

func labelled(n int) map[int]int {
	defer fmt.Println("labelled", n)
	if n > 0 {
		goto found
	}
	n = -1
found:
	return map[int]int{n: n}
}

func cases(n int) map[int]string {
	defer fmt.Println("cases", n)
	switch {
	case n == 0:
		return map[int]string{0: "zero"} // on the return
	case n == 1: // on the case
		return map[int]string{1: "one"}
	default:
		fmt.Println("other"); return map[int]string{n: "other"}
	}
}

func iterated() map[int]int {
	defer fmt.Println("iterated")
	for i := range func(yield func(int) bool) {
		defer fmt.Println("the iterator ends")
		_ = yield(1) && yield(2)
	} {
		return map[int]int{i: first()}
	}
	return nil
}

func main() {
	l := &loader{loaded: map[string]int{}}
	fmt.Println(throughInterface(l, nil))
	fmt.Println(namedType())
	fmt.Printf("%T %v\n", asInterface(), asInterface())
	fmt.Println(nested())
	fmt.Println(m(), nameTaken(m()))
	maps, numbers := make(chan map[string]int, 1), make(chan int, 1)
	maps <- map[string]int{"sent": 1}
	numbers <- 2
	fmt.Println(received(maps, numbers))
	fmt.Println(locked(&sync.Mutex{}, l))
	fmt.Println(panics())
	fmt.Println(labelled(0), labelled(1))
	fmt.Println(cases(0), cases(1), cases(2))
	fmt.Println(iterated())
	c := counter[string]{counts: map[string]int{}}
	fmt.Println(c.snapshot("a", "b"), c.counts)
}
