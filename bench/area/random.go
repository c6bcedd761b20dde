package main

import (
	"fmt"
	"math/rand/v2"
)

// random is designs of no grid: of any width, channels, segments, shifts and functions. They
// are always the same ones.
func random(n int) []design {
	r := rand.New(rand.NewPCG(1, 0))
	all := make([]design, n)
	for i := range all {
		channels := 1
		if r.IntN(2) == 0 {
			channels = 2 + r.IntN(95)
		}
		width, bits := 8+r.IntN(22), 1+r.IntN(8)
		if r.IntN(2) == 0 {
			all[i] = randomUnit(r, width, bits, channels)
		} else {
			all[i] = randomLayer(r, width, bits, channels)
		}
	}
	return all
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// search is how a piece finds its segment or threshold.
func search(r *rand.Rand) string { return pick(r, "", "  search = binary", "  search = cascade") }

func randomUnit(r *rand.Rand, width, bits, channels int) design {
	segments := 2 + r.IntN(11)
	least := r.IntN(3)
	shifts := fmt.Sprintf("shifts = %d..%d", least, least+1+r.IntN(14))
	slopes, guard := "pot("+shifts+")", r.IntN(3)
	if r.IntN(3) == 0 {
		slopes = "apot(terms = 2, " + shifts + ")"
	}
	pwl := form{name: fmt.Sprintf("%d segments", segments), options: fmt.Sprintf("segments = %d  slopes = %s  guard = %d%s%s",
		segments, slopes, guard, pick(r, "", "  shifter = barrel"), search(r))}
	forms := []form{pwl, pwl}
	if bits <= 5 {
		forms = append(forms, form{name: "thresholds", options: "implement = thresholds" + pick(r, "", "  search = binary")})
	}
	window := min(width, 6+r.IntN(5))
	forms = append(forms,
		form{name: "uniform", options: fmt.Sprintf("breaks = uniform  segments = %d  window = %d  slopes = pot(shifts = 0..%d, signs = plus)  guard = 1  overflow = wrap  handshake = none",
			1<<(2+r.IntN(window-3)), window, 1+r.IntN(4))},
		form{name: "words", options: fmt.Sprintf("implement = table  window = %d  handshake = none", window)})
	return forms[r.IntN(len(forms))].unit(width, bits, channels)
}

func randomLayer(r *rand.Rand, width, bits, channels int) design {
	options := pick(r, "pwl", "pwl", "thresholds")
	if options == "thresholds" && bits > 5 {
		bits = 5
	}
	f := form{name: options, options: "implement = " + options + search(r)}
	d := f.layer(width, bits, channels)
	to := fmt.Sprintf("uint%d scale 1/%d", bits, 1<<bits-1)
	call := pick(r, "sigmoid", "silu", "tanh", "gelu", "softplus")
	if call != "sigmoid" && bits > 1 {
		to = fmt.Sprintf("int%d scale 1/%d", bits, 1<<(bits-1))
	}
	head, argument := "one", "x"
	if channels > 1 {
		head, argument = fmt.Sprintf("one[%d]", channels), fmt.Sprintf("x * (1 - c / %d)", 4*channels)
	}
	d.name = call + ": " + f.name
	d.source = fmt.Sprintf("layer %s : int%d scale 2^-%d -> %s = %s(%s) { %s }\n", head, width, width-4, to, call, argument, f.options)
	return d
}
