package passes

import (
	"math/rand/v2"
	"testing"

	"grauc/ir/datapath"
)

// decisions writes what fixed functions are made of: comparisons of x with
// constants, constants chosen by them, and operations on those.
type decisions struct {
	*datapath.Author
	*rand.Rand
	x     ref
	bits  []ref
	words []ref
}

var word = datapath.Type{Width: 4, Signed: true}

func newDecisions(r *rand.Rand) *decisions {
	d := &decisions{Author: datapath.NewAuthor("decisions"), Rand: r}
	d.x = d.Author.Input("x", datapath.Type{Width: 6, Signed: true})
	for range 2 + r.IntN(5) {
		bit := d.Less(d.x, d.Const(d.Type(d.x), int64(r.IntN(64)-32)))
		if r.IntN(3) > 0 {
			bit = d.Not(bit)
		}
		d.bits = append(d.bits, bit)
	}
	for range 4 {
		d.words = append(d.words, d.Const(word, int64(r.IntN(16)-8)))
	}
	d.words = append(d.words, d.Cast(d.x, word))
	for range 30 {
		d.step()
	}
	d.Author.Output("y", d.words[len(d.words)-1])
	d.Author.Output("b", d.bits[len(d.bits)-1])
	return d
}

func (d *decisions) bit() ref  { return d.bits[d.IntN(len(d.bits))] }
func (d *decisions) word() ref { return d.words[len(d.words)-1-d.IntN(min(6, len(d.words)))] }

func (d *decisions) step() {
	switch d.IntN(12) {
	case 0:
		d.bits = append(d.bits, d.Equal(d.word(), d.word()))
	case 1:
		d.bits = append(d.bits, d.Less(d.word(), d.word()))
	case 2:
		d.bits = append(d.bits, d.And(d.bit(), d.bit()), d.Or(d.bit(), d.bit()))
	case 3:
		d.bits = append(d.bits, d.Mux(d.bit(), d.bit(), d.bit()), d.Not(d.bit()))
	case 4:
		two := datapath.Type{Width: 2}
		count := d.Add(two, d.bit(), d.bit())
		d.bits = append(d.bits, d.Equal(count, d.Const(two, int64(d.IntN(4)))))
	case 5:
		d.words = append(d.words, d.Add(word, d.word(), d.Not(d.word())))
	case 6:
		d.words = append(d.words, d.Sub(word, d.word(), d.word()))
	case 7:
		d.words = append(d.words, d.Xor(d.word(), d.Cast(d.Cast(d.bit(), datapath.Type{Width: 1, Signed: true}), word)))
	case 8:
		wide := d.Shl(datapath.Type{Width: 7, Signed: true}, d.word(), d.IntN(5))
		d.words = append(d.words, d.Cast(d.Shr(wide, d.IntN(5)), word))
	default:
		d.words = append(d.words, d.Mux(d.bit(), d.word(), d.word()))
	}
}

func TestFoldKeepsTheMeaningOfDecisions(t *testing.T) {
	removed := 0
	for seed := range uint64(1500) {
		m := newDecisions(rand.New(rand.NewPCG(seed, 6))).M
		want := sweep(m)
		text := datapath.PrintModule(m)
		dce(m)
		before := len(m.Nodes)
		for _, pass := range []func(*datapath.Module){fold, narrow, fold, cse, dce} {
			pass(m)
			if err := datapath.VerifyModule(m); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if got := sweep(m); got != want {
				t.Fatalf("seed %d:\n%sbecame\n%s", seed, text, datapath.PrintModule(m))
			}
		}
		removed += before - len(m.Nodes)
	}
	if removed <= 0 {
		t.Errorf("%d nodes more than before", -removed)
	}
}

// sweep is the outputs for every x.
func sweep(m *datapath.Module) (out [2][64]int64) {
	machine := datapath.NewMachine(m)
	for x := range int64(64) {
		machine.Set("x", x-32)
		out[0][x], out[1][x] = machine.Get("y"), machine.Get("b")
	}
	return out
}
