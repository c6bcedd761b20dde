package ir

// Unit is reconfigurable hardware as declared: the widest input, the number of
// result bits, and the shape every configuration must fit into.
type Unit struct {
	Name     string
	Doc      string
	Source   Source
	Input    Integer
	Output   Integer // result bits; signed or unsigned is configuration
	Channels int     // configurations held at once, at least 1

	// Implement is Thresholds where the unit counts those that its input has reached, one
	// for each output code but one; its shape then says no more than style and search. It
	// is Table where its shape is that of one. Auto is segments.
	Implement Implement
	Monotonic Monotonic // of Thresholds
	Shape
}

// Held is the shape of what a configuration holds: where thresholds are counted, as many
// segments as there are outputs, without slopes.
func (u *Unit) Held() Shape {
	s := u.Shape
	if u.Implement == Thresholds {
		s.Segments, s.Terms, s.MinShift, s.MaxShift, s.Guard = 1<<u.Output.Width, 0, 0, 0, 0
	}
	return s
}
