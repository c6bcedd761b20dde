package prove

import (
	"slices"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/prove/aig"
)

// unitScene is a unit with any configuration.
func unitScene(u *datapath.Unit, circuit *aig.Circuit, spec *specification, reference *aig.Circuit, registers []string) *scene {
	s := &scene{
		g: aig.NewGraph(), circuit: circuit, latency: u.Module.Latency,
		channels: u.Channels, serial: u.Style == ir.Serial, registers: registers,
	}
	s.configured(spec)
	s.domain, s.codomain, s.x = datapath.TypeOf(u.Input), datapath.TypeOf(u.Output), codes(s.g, u.Input)
	s.channel = below(s.g, u.Channels, max(1, circuit.Inputs()[channelPort]))
	if u.Load == ir.LoadData {
		s.loadedByInputs(reference)
		return s
	}
	s.words = s.limited(s.anyWords())
	if u.Breaks == ir.Uniform {
		s.index = s.segment(reference, s.x, s.words)
		s.place = s.placeOf(reference, s.x, s.words)
	}
	s.y = s.reference(reference, s.x, s.words)
	if s.complete != nil {
		s.guardedFunction()
	} else {
		s.function()
	}
	if u.Breaks == ir.Uniform {
		s.index, s.place = s.anyIndex(), s.g.Vector(spec.placeBits())
	}
	if s.complete != nil {
		s.guard()
	} else {
		s.protocol()
	}
	s.clocked()
	return s
}

// configured has the words of a unit.
func (s *scene) configured(spec *specification) {
	s.spec, s.fields, s.complete = spec, spec.words, spec.complete
	if first := spec.field("threshold1"); first != nil && spec.u.Style == ir.Serial {
		// A search never comes to number 0, but something may be written there.
		none := datapath.Field{Type: first.Type, WordBits: first.WordBits}
		s.fields = append(slices.Clone(s.fields), none)
	}
}

// limited leaves out what the documentation excludes: a min above 0 and a max below it
// are 0 instead.
func (s *scene) limited(words [][]aig.Lit) [][]aig.Lit {
	words = slices.Clone(words)
	for i, f := range s.fields {
		word := words[i]
		sign := word[len(word)-1]
		keep := aig.True
		switch f.Name {
		case "min":
			keep = sign
		case "max":
			keep = sign.Not()
		}
		words[i] = s.g.Choose(keep, word, aig.Constant(0, len(word)))
	}
	return words
}

// layerScenes are a layer with hardware of its own in each of its channels, and what is to
// be said of all. A channel that is a constant leaves little of tables, and nothing in
// common with others to look for.
func layerScenes(l *pwl.Layer, m *datapath.Module, circuit *aig.Circuit) []func() *scene {
	var scenes []func() *scene
	for c := range l.Channels {
		scenes = append(scenes, func() *scene {
			s := layerScene(l, m, circuit)
			if len(l.Channels) > 1 {
				s.channel = aig.Constant(uint64(c), len(s.channel))
			}
			s.y = golden(s.g, l, c, s.x)
			if s.serial {
				s.serialFunction(nil)
			} else {
				s.function()
			}
			return s
		})
	}
	return append(scenes, func() *scene {
		s := layerScene(l, m, circuit)
		s.clocked()
		return s
	})
}

// imageScenes are what is loaded for a layer in each of its channels.
func imageScenes(u *datapath.Unit, image *datapath.Image, l *pwl.Layer, spec *specification, reference *aig.Circuit) []func() *scene {
	var scenes []func() *scene
	for c := range l.Channels {
		scenes = append(scenes, func() *scene { return imageScene(u, image, l, c, spec, reference) })
	}
	return scenes
}

// layerScene is such a layer without claims.
func layerScene(l *pwl.Layer, m *datapath.Module, circuit *aig.Circuit) *scene {
	s := &scene{g: aig.NewGraph(), circuit: circuit, latency: m.Latency, channels: len(l.Channels), serial: l.Shape.Style == ir.Serial}
	s.domain, s.codomain = datapath.TypeOf(l.Input.Integer), datapath.TypeOf(l.Output.Integer)
	s.x = codes(s.g, l.Input.Integer)
	s.channel = below(s.g, len(l.Channels), max(1, circuit.Inputs()[channelPort]))
	return s
}

// imageScene is the specification of a unit with what is loaded for a channel of a layer.
func imageScene(u *datapath.Unit, image *datapath.Image, l *pwl.Layer, c int, spec *specification, reference *aig.Circuit) *scene {
	s := &scene{g: aig.NewGraph(), channels: u.Channels}
	s.configured(spec)
	s.domain, s.codomain = datapath.TypeOf(l.Input.Integer), datapath.TypeOf(u.Output)
	s.x = codes(s.g, l.Input.Integer)
	if len(l.Channels) > 1 {
		s.channel = aig.Constant(uint64(c), addressWidth(len(l.Channels)))
	}
	wide := extended(s.x, l.Input.Signed, u.Input.Width)
	words := s.wordsOf(image, c)
	if u.Breaks == ir.Uniform {
		words = s.onGrid(u, image, c, wide, reference)
	}
	got := s.reference(reference, wide, words)
	want := golden(s.g, l, c, s.x)
	s.claim(outputClaim, got, extended(want, l.Output.Signed, u.Output.Width))
	return s
}

// extended is a number in more bits.
func extended(v []aig.Lit, signed bool, width int) []aig.Lit {
	fill := aig.False
	if signed {
		fill = v[len(v)-1]
	}
	for len(v) < width {
		v = append(v[:len(v):len(v)], fill)
	}
	return v
}

// clocked makes the claims about stalls and reset where there is a handshake.
func (s *scene) clocked() {
	switch {
	case !s.handshake():
		return
	case s.serial:
		s.serially()
		return
	case s.complete == nil:
		s.ready()
	}
	s.stalls()
	s.reset()
}

// output is a port of a combinational circuit.
func (s *scene) output(c *aig.Circuit, p ports, port string) []aig.Lit {
	return s.g.Run(c, nil, func(_ int, port string) []aig.Lit { return p[port] }).Output(0, port)
}

// reference is the output that the specification of a unit gives.
func (s *scene) reference(spec *aig.Circuit, x []aig.Lit, words [][]aig.Lit) []aig.Lit {
	return s.output(spec, s.specified(x, words), "y")
}

// specified are the inputs of a specification.
func (s *scene) specified(x []aig.Lit, words [][]aig.Lit) ports {
	p := ports{"x": x}
	for i, f := range s.fields {
		p[f.Name] = words[i]
	}
	return p
}

// wordsOf are the words of an image, for one channel.
func (s *scene) wordsOf(image *datapath.Image, channel int) [][]aig.Lit {
	words := s.anyWords()
	for i, f := range s.fields {
		if w := wordAt(image, f, channel); w != nil {
			words[i] = aig.Constant(w.Data, f.Type.Width)
		}
	}
	return words
}

// wordAt is what an image writes to a field, if it does.
func wordAt(image *datapath.Image, f datapath.Field, channel int) *datapath.Word {
	for i, w := range image.Words {
		if w.Addr == uint64(channel)<<f.WordBits|uint64(f.Word) {
			return &image.Words[i]
		}
	}
	return nil
}

// onGrid are the words of an image for an input, one of them that of the segment which
// that selects.
func (s *scene) onGrid(u *datapath.Unit, image *datapath.Image, channel int, x []aig.Lit, reference *aig.Circuit) [][]aig.Lit {
	t := s.tables(image, channel)
	if u.Load == ir.LoadData {
		s.offered(t, u, image, channel, reference)
	}
	words := t.words
	words[0] = t.lines[0]
	words[0] = chosen(s.g, s.segment(reference, x, words), t.lines)
	if s.spec.line.rows {
		words[1] = chosen(s.g, s.placeOf(reference, x, words), t.rows)
	}
	return words
}

// tables are the words of all segments, and of rows, of a channel, and the others.
type tables struct{ lines, rows, words [][]aig.Lit }

// tables has what an image writes, and anything elsewhere.
func (s *scene) tables(image *datapath.Image, channel int) *tables {
	t := &tables{words: s.wordsOf(image, channel)}
	for k := range s.spec.segments {
		t.lines = append(t.lines, s.wordOf(image, channel, 0, k))
	}
	if s.spec.line.rows {
		for at := range 1 << s.spec.placeBits() {
			t.rows = append(t.rows, s.wordOf(image, channel, 1, at))
		}
	}
	return t
}

// wordOf is one of many words of a field.
func (s *scene) wordOf(image *datapath.Image, channel, field, number int) []aig.Lit {
	f := s.fields[field]
	f.Word += number
	if w := wordAt(image, f, channel); w != nil {
		return aig.Constant(w.Data, f.Type.Width)
	}
	return s.g.Vector(f.Type.Width)
}

// offered loads an image through the input into tables that may hold anything.
func (s *scene) offered(t *tables, u *datapath.Unit, image *datapath.Image, channel int, reference *aig.Circuit) {
	*t = tables{s.anything(t.lines), s.anything(t.rows), s.anyWords()}
	for _, w := range image.Words {
		if int(w.Addr>>u.Input.Width) != channel {
			continue
		}
		offer := offer{valid: aig.True, data: aig.Constant(w.Data, u.Fields[0].Type.Width)}
		s.offer(t, offer, aig.Constant(w.Addr, u.Input.Width), reference)
	}
}

func (s *scene) anything(words [][]aig.Lit) [][]aig.Lit {
	free := make([][]aig.Lit, len(words))
	for k, w := range words {
		free[k] = s.g.Vector(len(w))
	}
	return free
}

// possible are the numbers below n that a vector may be, as far as it is a constant.
func possible(v []aig.Lit, n int) (first, end int) {
	for i, l := range v {
		if l > aig.True {
			return 0, n
		}
		first |= int(l) << i
	}
	return min(first, n), min(first+1, n)
}

// offer loads one word.
func (s *scene) offer(t *tables, w offer, x []aig.Lit, reference *aig.Circuit) {
	segment := s.segment(reference, x, t.words)
	t.words[0] = chosen(s.g, segment, t.lines)
	place := s.placeOf(reference, x, t.words)
	write := func(field int, words [][]aig.Lit, at *[]aig.Lit) {
		first, end := possible(*at, len(words))
		for k := first; k < end; k++ {
			*at = aig.Constant(uint64(k), len(*at))
			t.words[field] = words[k]
			words[k] = s.taken(w, t.words, segment, place)[field]
		}
	}
	s.index, s.place = segment, place
	write(0, t.lines, &s.index)
	if s.spec.line.rows {
		write(1, t.rows, &s.place)
	}
	t.words = s.taken(w, t.words, segment, place)
}
