package ir

import (
	"strings"
	"sync/atomic"
	"testing"
)

func TestTogetherDoesEachOnce(t *testing.T) {
	for _, n := range []int{0, 1, 1000} {
		done := make([]atomic.Int32, n)
		Together(n, func(i int) { done[i].Add(1) })
		for i := range done {
			if got := done[i].Load(); got != 1 {
				t.Fatalf("%d of %d was done %d times", i, n, got)
			}
		}
	}
}

func TestTogetherPassesOnAPanic(t *testing.T) {
	defer func() {
		if text, _ := recover().(string); !strings.HasPrefix(text, "oh no") || !strings.Contains(text, "together_test.go") {
			t.Errorf("recovered %q", text)
		}
	}()
	Together(100, func(i int) {
		if i == 50 {
			panic("oh no")
		}
	})
	t.Error("the panic is lost")
}

func TestCountedTellsInOrder(t *testing.T) {
	last := 0
	Counted(1000, func(done, total int) {
		if done != last+1 || total != 1000 {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		last = done
	}, func(int) {})
	if last != 1000 {
		t.Errorf("told of %d", last)
	}
}
