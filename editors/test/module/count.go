package shelf

// Count returns the map that its deferred function looks at.
func Count(words []string) map[string]int {
	counts := map[string]int{}
	defer func() {
		if recover() != nil {
			counts["panics"]++
		}
	}()
	for _, word := range words {
		counts[word]++
	}
	return merge(counts, nil)
}

func merge(a, b map[string]int) map[string]int {
	for word, count := range b {
		a[word] += count
	}
	return a
}
