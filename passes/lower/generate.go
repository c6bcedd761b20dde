package lower

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
)

type ref = datapath.Ref

// generator writes the module of a plan. Where the plan is pipelined, cut puts a
// register stage; everything else is the same in every style.
type generator struct {
	*datapath.Author
	p       *plan
	memory  map[string]int // of each field
	port    *port          // nil where the configuration is held
	channel ref            // of the input now in the stage being written

	// What is loaded through the input travels along with it.
	loading     bool
	write, word ref // the stage being written holds a word to write

	// The handshake is one global stall: everything moves when the output is free.
	advance  ref   // everything moves at this clock edge; below 0: at every one
	admitted ref   // an input is taken if everything moves
	valid    ref   // the stage being written holds an input
	valids   []ref // of the stages so far
	last     ref   // the register of y_valid
}

// generate writes the unit or the fixed function of a plan.
func generate(p *plan) *datapath.Module {
	g := begin(p)
	g.configuration()
	if p.style == ir.Serial {
		g.serially()
		return g.M
	}
	x := g.open()
	var sum ref
	if p.grid != nil {
		sum = g.onGrid(x)
	} else {
		sum = g.sum(x)
	}
	g.finish(g.clamp(sum))
	return g.M
}

func begin(p *plan) *generator {
	g := &generator{Author: datapath.NewAuthor(p.name), p: p, memory: map[string]int{}, advance: -1}
	g.M.Nodes = make([]datapath.Node, 0, 1024) // few modules have more
	g.M.Source, g.M.Doc = p.source, p.doc
	return g
}

func (g *generator) pipelined() bool { return g.p.style == ir.Pipelined }

// streams reports whether there are valid and ready.
func (g *generator) streams() bool { return g.pipelined() && g.p.handshake() }

func unsigned(width int) datapath.Type { return datapath.Type{Width: width} }

// open writes the input side of the handshake and gives the input.
func (g *generator) open() ref {
	if g.streams() {
		g.valid = g.Named(g.admit(g.Input("x_valid", datapath.Bit)), "admitted")
		g.admitted = g.valid
	}
	x := g.input()
	if g.streams() {
		ready := g.Input("y_ready", datapath.Bit)
		g.last = g.Named(g.Later(datapath.Bit, new(int64)), "y_valid")
		g.advance = g.Named(g.Or(g.Not(g.last), ready), "advance")
	}
	return g.look(x)
}

// input is x as it comes in, and its channel, which says nothing where there is one.
func (g *generator) input() ref {
	x := g.Input("x", g.p.input)
	g.channel = g.Const(datapath.Bit, 0)
	if g.p.channelPort != "" {
		channel := g.Input(g.p.channelPort, unsigned(max(1, addressWidth(g.p.channels))))
		if g.p.channels > 1 {
			g.channel = channel
		}
	}
	return x
}

// cut ends a pipeline stage: the values come out of registers from here on.
func (g *generator) cut(values ...*ref) {
	if !g.pipelined() {
		return
	}
	g.M.Latency++
	for _, v := range append(values, &g.channel) {
		*v = g.delayed(*v, nil)
	}
	if g.loading {
		g.write, g.word = g.delayed(g.write, g.unset()), g.delayed(g.word, nil)
	}
	if !g.streams() {
		return
	}
	g.valid = g.Named(g.delayed(g.valid, new(int64)), "valid%d", g.M.Latency)
	g.valids = append(g.valids, g.valid)
}

func (g *generator) delayed(v ref, reset *int64) ref {
	name := g.M.Nodes[v].Name
	return g.Named(g.Reg(v, g.advance, reset), "%s", name)
}

// finish writes the output side: y comes out of the last register.
func (g *generator) finish(y ref) {
	y = g.Cast(y, g.p.output)
	if g.pipelined() {
		g.M.Latency++
		y = g.Reg(y, g.advance, nil)
	}
	if g.streams() {
		g.Connect(g.last, g.valid, g.advance)
		g.guard(g.admitted, append(g.valids, g.last))
		g.Output("x_ready", g.admit(g.advance))
		g.Output("y_valid", g.last)
	}
	g.Output("y", g.Named(y, "y"))
}

// join is the address of a channel's words, and of one of them.
func (g *generator) join(channel, among ref) ref {
	if g.p.channels == 1 {
		return among
	}
	return g.above(channel, among)
}

// above has the bits of high above those of low.
func (g *generator) above(high, low ref) ref {
	width := g.Type(low).Width
	t := unsigned(g.Type(high).Width + width)
	return g.Or(g.Shl(t, high, width), g.Cast(low, t))
}

// read is a field of the configuration of the current channel.
func (g *generator) read(format string, args ...any) ref {
	name := fmt.Sprintf(format, args...)
	return g.Named(g.Read(g.memory[name], g.channel), "%s", name)
}

// readAt is the field of that number among those of a memory of several.
func (g *generator) readAt(name string, number ref) ref {
	return g.Named(g.Read(g.memory[name], g.join(g.channel, number)), "%s", name)
}

// readStage ends the stage in which words were read, where there are several
// channels: block memories deliver into registers.
func (g *generator) readStage(values ...*ref) {
	if g.p.channels > 1 {
		g.cut(values...)
	}
}

// passed are the comparators: bit k-1 says that x has reached segment k, or the bits
// are the way to the segment, where that selects. On return x, aligned for the
// shifters, belongs to the same stage as the bits.
func (g *generator) passed(x *ref) []ref {
	bits := make([]ref, g.p.segments-1)
	if len(bits) == 0 {
		*x = g.aligned(*x)
		return nil
	}
	for k := range bits {
		bits[k] = g.read("threshold%d", k+1)
	}
	g.readStage(refs(bits, x)...)
	for k := range bits {
		bits[k] = g.Named(g.reached(*x, bits[k]), "passed%d", k+1)
	}
	*x = g.aligned(*x)
	if g.p.selection == selectWay {
		bits = g.way(bits)
	}
	g.cut(refs(bits, x)...)
	return bits
}

// reached reports whether x has reached a threshold as it is stored.
func (g *generator) reached(x, threshold ref) ref {
	if g.p.counter {
		return g.Less(threshold, x)
	}
	return g.Not(g.Less(x, threshold))
}

// way leads down the tree of segments to the one that holds x, a bit for each
// level: set where the way is through the upper half.
func (g *generator) way(passed []ref) []ref {
	if len(passed) == 0 {
		return nil
	}
	half := (len(passed) + 1) / 2
	upper := passed[half-1]
	low, bits := g.way(passed[:half-1]), g.way(passed[half:])
	for i, bit := range low {
		bits[i] = g.Mux(upper, bits[i], bit)
	}
	return append([]ref{upper}, bits...)
}

func refs(list []ref, more ...*ref) []*ref {
	for i := range list {
		more = append(more, &list[i])
	}
	return more
}

// sum is bias + terms, with guard bits, for the segment of x.
func (g *generator) sum(x ref) ref {
	if g.p.selection == selectNumber {
		return g.searched(x)
	}
	bits := g.passed(&x)
	switch {
	case g.p.counts():
		return g.count(bits)
	case g.p.selection == selectTree || g.p.selection == selectWay:
		return g.pipeline(x, bits)
	}
	biases, slopes := g.biases(), g.slopes()
	if g.p.selection == selectLast {
		for k := range biases {
			biases[k] = g.Named(g.line(x, biases[k], g.taps(slopes[k])), "sum%d", k)
		}
		return g.Named(g.choose(bits, biases), "sum")
	}
	bias := g.Named(g.choose(bits, biases), "bias")
	if g.p.terms == 0 {
		return bias
	}
	return g.line(x, bias, g.taps(g.chooseEach(bits, slopes)))
}

// pipeline is the sum in hardware. The bias is chosen where it is added: the number
// of the segment takes fewer registers until then.
func (g *generator) pipeline(x ref, bits []ref) ref {
	var terms addends
	if g.p.terms > 0 {
		slopes := g.slopes()
		words := refs(bits, &x)
		for k := range slopes {
			words = append(words, refs(slopes[k])...)
		}
		g.readStage(words...)
		terms = g.shifter(x, g.taps(g.chooseEach(bits, slopes)), bits)
	}
	biases := g.biases()
	g.readStage(append(terms.refs(), refs(bits, refs(biases)...)...)...)
	return g.add(g.Named(g.choose(bits, biases), "bias"), terms)
}

// shifter is the terms for x. The bits travel along.
func (g *generator) shifter(x ref, t *taps, bits []ref) addends {
	if g.p.shifter == ir.Barrel {
		return g.barrel(x, t, bits)
	}
	return addends{values: []ref{g.terms(x, t, bits)}}
}

// add adds the terms to the bias, each in a stage of its own.
func (g *generator) add(bias ref, terms addends) ref {
	sum := bias
	for j := range terms.values {
		g.cut(append(terms.refs(), &sum)...)
		sum = g.Named(g.Add(g.p.sum, sum, g.term(&terms, j)), "sum")
	}
	return sum
}

// biases reads the bias of every segment.
func (g *generator) biases() []ref {
	words := make([]ref, g.p.segments)
	for k := range words {
		words[k] = g.read("bias%d", k)
	}
	return words
}

// slopes reads the words of every segment's slope.
func (g *generator) slopes() [][]ref {
	words := make([][]ref, g.p.segments)
	if g.p.terms > 0 {
		for k := range words {
			words[k] = g.slopeWords(k)
		}
	}
	return words
}

// chooseEach chooses each word of the slope.
func (g *generator) chooseEach(bits []ref, slopes [][]ref) []ref {
	words := make([]ref, len(slopes[0]))
	for i := range words {
		each := make([]ref, len(slopes))
		for k := range slopes {
			each[k] = slopes[k][i]
		}
		words[i] = g.Named(g.choose(bits, each), "slope%d", i)
	}
	return words
}

// choose is words[k] for the last k whose bit k-1 is set, or to which the bits are
// the way.
func (g *generator) choose(bits, words []ref) ref {
	if len(words) == 1 {
		return words[0]
	}
	half := len(words) / 2
	switch g.p.selection {
	case selectTree:
		return g.Mux(bits[half-1], g.choose(bits[half:], words[half:]), g.choose(bits[:half-1], words[:half]))
	case selectWay:
		return g.Mux(bits[0], g.choose(bits[1:], words[half:]), g.choose(bits[1:], words[:half]))
	}
	v := words[0]
	for k, bit := range bits {
		v = g.Mux(bit, words[k+1], v)
	}
	return v
}

// clamp drops the guard bits and holds the result to the limits where it can be
// beyond them.
func (g *generator) clamp(sum ref) ref {
	v := g.Cast(g.Shr(sum, g.p.guard), g.p.result)
	if !g.p.low && !g.p.high {
		return v
	}
	g.Named(v, "value")
	lo, hi := v, v
	if g.p.low {
		lo = g.read("min")
	}
	if g.p.high {
		hi = g.read("max")
	}
	if g.p.held == nil {
		return g.saturate(v, lo, hi)
	}
	g.cut(&v, &lo, &hi)
	clamped := v
	if g.p.high {
		hi = g.Cast(hi, g.p.result)
		clamped = g.Mux(g.Less(hi, v), hi, clamped)
	}
	if g.p.low {
		lo = g.Cast(lo, g.p.result)
		clamped = g.Mux(g.Less(v, lo), lo, clamped)
	}
	return clamped
}

// perInput are those of some configured values that go with an input from stage to stage:
// of one channel they do not change while one is under way.
func (g *generator) perInput(configured ...*ref) []*ref {
	if g.p.channels > 1 {
		return configured
	}
	return nil
}

// saturate is the clamp to limits that are configured, the lower one at most 0 and
// the upper one at least 0. Only where v is of their type must it be compared with
// the one on its side, beyond it is over. Doubled, with a one below the upper limit,
// both comparisons are the same subtraction.
func (g *generator) saturate(v, lo, hi ref) ref {
	rest := datapath.Type{Width: g.p.result.Width - g.p.limits.Width + 1, Signed: true}
	top := g.Cast(g.Shr(v, g.p.limits.Width-1), rest)
	negative := g.Named(g.Less(top, g.Const(rest, 0)), "negative")
	fits := g.Or(g.Equal(top, g.Const(rest, 0)), g.Equal(top, g.Const(rest, -1)))
	g.Named(fits, "fits")
	v = g.Named(g.Cast(v, g.p.limits), "value")
	limits := g.perInput(&lo, &hi)
	g.cut(append(limits, &v, &negative, &fits)...)
	double := datapath.Type{Width: g.p.limits.Width + 2, Signed: true}
	positive := g.Not(negative)
	limit := g.Or(g.Shl(double, g.Mux(negative, lo, hi), 1), g.Cast(positive, double))
	less := g.Cast(g.Shr(g.Sub(double, g.Shl(double, v, 1), limit), double.Width-1), datapath.Bit)
	over := g.Named(g.Or(g.Not(fits), g.Xor(less, positive)), "over")
	g.cut(append(limits, &v, &negative, &over)...)
	return g.Mux(over, g.Mux(negative, lo, hi), v)
}

// count adds the number of thresholds passed to the first value, or subtracts it.
func (g *generator) count(bits []ref) ref {
	first := g.read("bias0")
	g.readStage(refs(bits, &first)...)
	if g.p.selection == selectSteps {
		for _, bit := range bits {
			first = g.stepped(first, bit)
		}
		return first
	}
	passed := g.population(bits, g.perInput(&first)...)
	return g.stepped(first, passed)
}

func (g *generator) stepped(v, by ref) ref {
	if g.p.either {
		return g.steppedEither(v, by)
	}
	if g.p.step() < 0 {
		return g.Sub(g.p.sum, v, by)
	}
	return g.Add(g.p.sum, v, by)
}

// steppedEither adds the complement where the top bit of v says to subtract: v is more by
// one then. The complement finds room in the look-up tables of the adder.
func (g *generator) steppedEither(v, by ref) ref {
	down := g.Named(g.Cast(g.Shr(v, g.p.output.Width), datapath.Bit), "down")
	all := g.Cast(g.Cast(down, datapath.Type{Width: 1, Signed: true}), g.p.sum)
	return g.Add(g.p.sum, g.Cast(v, g.p.sum), g.Xor(g.Cast(by, g.p.sum), all))
}
