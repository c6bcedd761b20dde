package prove

import (
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/prove/aig"
)

// unitScene is a unit with any configuration.
func unitScene(u *datapath.Unit, circuit, spec *aig.Circuit) *scene {
	s := &scene{g: aig.NewGraph(), circuit: circuit, latency: u.Module.Latency, channels: u.Channels}
	s.configured(u)
	s.domain, s.x = datapath.TypeOf(u.Input), codes(s.g, u.Input)
	s.channel = below(s.g, u.Channels, max(1, circuit.Inputs()[channelPort]))
	for _, f := range s.fields {
		s.words = append(s.words, s.g.Vector(f.Type.Width))
	}
	s.limit()
	s.y = s.reference(spec, s.x, s.words)
	switch {
	case s.complete != nil:
		s.guardedFunction()
		s.guard()
	default:
		s.function()
		s.protocol()
	}
	s.clocked()
	return s
}

// configured has the fields of a unit.
func (s *scene) configured(u *datapath.Unit) {
	for i, f := range u.Fields {
		if f.Name == completeWord {
			s.complete = &u.Fields[i]
		} else {
			s.fields = append(s.fields, f)
		}
	}
}

// limit leaves out what the documentation excludes: a min above 0 and a max below it
// are 0 instead.
func (s *scene) limit() {
	for i, f := range s.fields {
		word := s.words[i]
		sign := word[len(word)-1]
		keep := aig.True
		switch f.Name {
		case "min":
			keep = sign
		case "max":
			keep = sign.Not()
		}
		s.words[i] = s.g.Choose(keep, word, aig.Constant(0, len(word)))
	}
}

// layerScene is a layer with hardware of its own.
func layerScene(l *pwl.Layer, m *datapath.Module, circuit, golden *aig.Circuit) *scene {
	s := &scene{g: aig.NewGraph(), circuit: circuit, latency: m.Latency, channels: len(l.Channels)}
	s.domain, s.x = datapath.TypeOf(l.Input.Integer), codes(s.g, l.Input.Integer)
	s.channel = below(s.g, len(l.Channels), max(1, circuit.Inputs()[channelPort]))
	s.y = s.golden(golden, s.x, s.channel)
	s.function()
	s.clocked()
	return s
}

// imageScene is the specification of a unit with what is loaded for a layer.
func imageScene(u *datapath.Unit, image *datapath.Image, l *pwl.Layer, spec, golden *aig.Circuit) *scene {
	s := &scene{g: aig.NewGraph(), channels: u.Channels}
	s.configured(u)
	s.domain, s.x = datapath.TypeOf(l.Input.Integer), codes(s.g, l.Input.Integer)
	wide := extended(s.x, l.Input.Signed, u.Input.Width)
	for c := range l.Channels {
		got := s.reference(spec, wide, s.wordsOf(image, c))
		want := s.golden(golden, s.x, aig.Constant(uint64(c), channelBits))
		s.claim("y", got, extended(want, l.Output.Signed, u.Output.Width))
	}
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
	if !s.handshake() {
		return
	}
	if s.complete == nil {
		s.ready()
	}
	s.stalls()
	s.reset()
}

// output is y of a combinational circuit.
func (s *scene) output(c *aig.Circuit, p ports) []aig.Lit {
	return s.g.Run(c, nil, func(_ int, port string) []aig.Lit { return p[port] }).Output(0, "y")
}

// reference is the output that the specification of a unit gives.
func (s *scene) reference(spec *aig.Circuit, x []aig.Lit, words [][]aig.Lit) []aig.Lit {
	p := ports{"x": x}
	for i, f := range s.fields {
		p[f.Name] = words[i]
	}
	return s.output(spec, p)
}

// golden is the output that a layer gives.
func (s *scene) golden(golden *aig.Circuit, x, channel []aig.Lit) []aig.Lit {
	return s.output(golden, ports{"x": x, channelPort: extended(channel, false, channelBits)})
}

// wordsOf are the words of an image, for one channel.
func (s *scene) wordsOf(image *datapath.Image, channel int) [][]aig.Lit {
	words := make([][]aig.Lit, len(s.fields))
	for i, f := range s.fields {
		for _, w := range image.Words {
			if w.Addr == uint64(channel)<<f.WordBits|uint64(f.Word) {
				words[i] = aig.Constant(w.Data, f.Type.Width)
			}
		}
	}
	return words
}
