package ir

import (
	"strconv"
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
	last := -1
	Counted(1000, func(p Progress) {
		if p.Done != last+1 || p.Total != 1000 {
			t.Errorf("%v after %d", p, last)
		}
		last = p.Done
	}, func(int, func(string)) {})
	if last != 1000 {
		t.Errorf("told of %d", last)
	}
}

// The stage is that of the first call that is not done.
func TestCountedTellsStages(t *testing.T) {
	told := map[string]bool{}
	last := Progress{}
	Counted(100, func(p Progress) {
		if first, err := strconv.Atoi(p.Stage); p.Stage != "" && (err != nil || first > p.Done) {
			t.Errorf("%q where %d are done", p.Stage, p.Done)
		}
		told[p.Stage] = true
		last = p
	}, func(i int, at func(string)) { at(strconv.Itoa(i)) })
	if !told["0"] || last != (Progress{Done: 100, Total: 100}) {
		t.Errorf("%v is the last of %v", last, told)
	}
	Counted(1, nil, func(_ int, at func(string)) {
		if at != nil {
			t.Error("nobody is told")
		}
	})
}
