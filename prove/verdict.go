package prove

import (
	"fmt"
	"strings"
	"time"

	"grauc/ir/datapath"
	"grauc/prove/aig"
)

// Outcome is what a prover found.
type Outcome int

const (
	Unknown Outcome = iota // out of time, or the prover failed
	Proved
	Differs
)

// Verdict is the answer of one prover.
type Verdict struct {
	Prover  string
	Outcome Outcome
	Took    time.Duration // with what all share: Yosys, and the search for a chain
	Claim   string        // that fails
	Witness Witness       // where it fails
	Got     string        // there, if it is about an output
	Why     string        // where it is not decided
	Left    []string      // then the claims that the search for a chain did not come to the end of
}

func (s *scene) allWords() []aig.Lit {
	var all []aig.Lit
	for _, w := range s.words {
		all = append(all, w...)
	}
	return all
}

// Value is a port, or a word of the configuration, and what it holds.
type Value struct {
	Name  string
	Value int64
}

// Witness is the input, its channel and the words where a claim fails.
type Witness []Value

func (s *scene) witness(v aig.Values) Witness {
	w := Witness{{"x", s.domain.Wrap(int64(v.Number(s.x, 0)))}}
	if s.channels > 1 && len(s.channel) > 0 {
		w = append(w, Value{"channel", int64(v.Number(s.channel, 0))})
	}
	for i, word := range s.words {
		if f := s.fields[i]; f.Name != "" {
			w = append(w, Value{s.nameOf(f, v), f.Type.Wrap(int64(v.Number(word, 0)))})
		}
	}
	return w
}

// outputs says what comes out, and what must, where a claim is about that.
func (s *scene) outputs(c *claim, v aig.Values) string {
	if c.what != outputClaim {
		return ""
	}
	code := func(y []aig.Lit) int64 { return s.codomain.Wrap(int64(v.Number(y, 0))) }
	return fmt.Sprintf(": y = %d, must be %d", code(c.got), code(c.want))
}

// nameOf is the name of a word; that of one of many has the number of its segment.
func (s *scene) nameOf(f datapath.Field, v aig.Values) string {
	switch f.Name {
	case lineWord:
		return fmt.Sprintf("segment%d", v.Number(s.index, 0))
	case numberWord:
		low := s.spec.u.LowBits(s.spec.u.Input)
		place := v.Number(s.place, 0)
		return fmt.Sprintf("row%d_%d", place>>low, place&(1<<low-1))
	}
	return f.Name
}

func (w Witness) String() string {
	var parts []string
	for _, v := range w {
		parts = append(parts, fmt.Sprintf("%s = %d", v.Name, v.Value))
	}
	return strings.Join(parts, ", ")
}

// Value of the witness by name.
func (w Witness) Value(name string) (int64, bool) {
	for _, v := range w {
		if v.Name == name {
			return v.Value, true
		}
	}
	return 0, false
}

// AllProved reports whether every prover proved the claim.
func AllProved(verdicts []Verdict) bool {
	for _, v := range verdicts {
		if v.Outcome != Proved {
			return false
		}
	}
	return len(verdicts) > 0
}

// String is a verdict in words.
func (v Verdict) String() string {
	switch v.Outcome {
	case Proved:
		return fmt.Sprintf("proved by %s in %.1f s", v.Prover, v.Took.Seconds())
	case Differs:
		return fmt.Sprintf("DIFFERS (%s) at %s%s, says %s", v.Claim, v.Witness, v.Got, v.Prover)
	}
	if v.Prover == "" {
		return "not proved: " + v.Why
	}
	why := v.Why
	if v.Left != nil {
		why += "; left: " + strings.Join(v.Left, ", ")
	}
	return fmt.Sprintf("not proved by %s (%s)", v.Prover, why)
}
