package netlist

import "grauc/prove/aig"

// operands are the inputs of a cell, and whether they are signed.
type operands struct {
	a, b             []aig.Lit
	signed, byNumber bool // a (with b, where both have a number's meaning); b alone
}

func (r *reader) operands(c *cell) operands {
	o := operands{a: r.values(c.Connections["A"]), b: r.values(c.Connections["B"])}
	o.signed, o.byNumber = r.number(c, "A_SIGNED") == 1, r.number(c, "B_SIGNED") == 1
	return o
}

// evaluate is the output of a cell.
func (r *reader) evaluate(c *cell, width int) []aig.Lit {
	o := r.operands(c)
	switch c.Type {
	case "$mux":
		return r.c.Choose(r.value(c.Connections["S"][0]), o.b, o.a)
	case "$pmux":
		return r.parallel(o, r.values(c.Connections["S"]))
	case "$not", "$pos", "$neg":
		return r.unary(c.Type, extend(o.a, o.signed, width))
	case "$and", "$or", "$xor", "$xnor", "$add", "$sub":
		signed := o.signed && o.byNumber
		return r.binary(c.Type, extend(o.a, signed, width), extend(o.b, signed, width))
	case "$shl", "$sshl", "$shr", "$sshr", "$shift", "$shiftx":
		return r.shift(c.Type, o, width)
	}
	if bit, ok := r.condition(c.Type, o); ok {
		return extend([]aig.Lit{bit}, false, width)
	}
	r.fail("a cell %s", c.Type)
	return make([]aig.Lit, width)
}

// extend is a number in so many bits, which may be fewer.
func extend(v []aig.Lit, signed bool, width int) []aig.Lit {
	fill := aig.False
	if signed && len(v) > 0 {
		fill = v[len(v)-1]
	}
	e := make([]aig.Lit, width)
	for i := range e {
		e[i] = fill
		if i < len(v) {
			e[i] = v[i]
		}
	}
	return e
}

// parallel is the part of b that is selected, or else a: one at most is, by what Yosys
// makes such cells of.
func (r *reader) parallel(o operands, selected []aig.Lit) []aig.Lit {
	none := r.c.Any(selected).Not()
	out := make([]aig.Lit, len(o.a))
	for i := range out {
		out[i] = r.c.And(none, o.a[i])
		for k, s := range selected {
			out[i] = r.c.Or(out[i], r.c.And(s, o.b[k*len(o.a)+i]))
		}
	}
	return out
}

func (r *reader) unary(kind string, a []aig.Lit) []aig.Lit {
	if kind == "$pos" {
		return a
	}
	out := make([]aig.Lit, len(a))
	for i, l := range a {
		out[i] = l.Not()
	}
	if kind == "$neg" {
		return r.c.Add(out, make([]aig.Lit, len(a)), aig.True)
	}
	return out
}

func (r *reader) binary(kind string, a, b []aig.Lit) []aig.Lit {
	switch kind {
	case "$add":
		return r.c.Add(a, b, aig.False)
	case "$sub":
		return r.c.Subtract(a, b)
	}
	out := make([]aig.Lit, len(a))
	for i := range out {
		switch kind {
		case "$and":
			out[i] = r.c.And(a[i], b[i])
		case "$or":
			out[i] = r.c.Or(a[i], b[i])
		case "$xor":
			out[i] = r.c.Xor(a[i], b[i])
		case "$xnor":
			out[i] = r.c.Xor(a[i], b[i]).Not()
		}
	}
	return out
}

// condition is the output of a cell that has one bit.
func (r *reader) condition(kind string, o operands) (bit aig.Lit, known bool) {
	switch kind {
	case "$reduce_and":
		return r.c.Any(r.unary("$not", o.a)).Not(), true
	case "$reduce_or", "$reduce_bool":
		return r.c.Any(o.a), true
	case "$reduce_xor", "$reduce_xnor":
		odd := aig.False
		for _, l := range o.a {
			odd = r.c.Xor(odd, l)
		}
		return odd.If(kind == "$reduce_xor"), true
	case "$logic_not":
		return r.c.Any(o.a).Not(), true
	case "$logic_and":
		return r.c.And(r.c.Any(o.a), r.c.Any(o.b)), true
	case "$logic_or":
		return r.c.Or(r.c.Any(o.a), r.c.Any(o.b)), true
	}
	return r.compare(kind, o)
}

func (r *reader) compare(kind string, o operands) (bit aig.Lit, known bool) {
	signed := o.signed && o.byNumber
	width := max(len(o.a), len(o.b))
	a, b := extend(o.a, signed, width), extend(o.b, signed, width)
	switch kind {
	case "$eq", "$eqx":
		return r.c.Equal(a, b), true
	case "$ne", "$nex":
		return r.c.Equal(a, b).Not(), true
	}
	if signed { // the highest bit counts the other way round
		a[width-1], b[width-1] = b[width-1], a[width-1]
	}
	switch kind {
	case "$lt":
		return r.c.Less(a, b), true
	case "$ge":
		return r.c.Less(a, b).Not(), true
	case "$gt":
		return r.c.Less(b, a), true
	case "$le":
		return r.c.Less(b, a).Not(), true
	}
	return aig.False, false
}

// shift is a moved by b. What $shiftx takes from outside of a is undefined.
func (r *reader) shift(kind string, o operands, width int) []aig.Lit {
	all := max(len(o.a), width)
	switch kind {
	case "$shl", "$sshl":
		return r.left(extend(o.a, o.signed, width), o.b)
	case "$shr":
		return r.right(extend(o.a, o.signed, all), o.b, aig.False)[:width]
	case "$sshr":
		wide := extend(o.a, o.signed, all)
		return r.right(wide, o.b, extend(wide, o.signed, all+1)[all])[:width]
	}
	out := r.either(extend(o.a, kind == "$shift" && o.signed, all), o)[:width]
	if kind == "$shiftx" {
		inside := r.either(extend(extend([]aig.Lit{aig.True}, true, len(o.a)), false, all), o)[:width]
		out = r.c.ChooseEach(inside, out, r.anything(width))
	}
	return out
}

// either shifts to the right, or to the left by what is below 0.
func (r *reader) either(a []aig.Lit, o operands) []aig.Lit {
	right := r.right(a, o.b, aig.False)
	if !o.byNumber {
		return right
	}
	sign := o.b[len(o.b)-1]
	return r.c.Choose(sign, r.left(a, r.unary("$neg", o.b)), right)
}

func (r *reader) right(a, by []aig.Lit, fill aig.Lit) []aig.Lit {
	for k, bit := range by {
		moved := make([]aig.Lit, len(a))
		for i := range moved {
			moved[i] = fill
			if from := i + 1<<min(k, 30); from < len(a) {
				moved[i] = a[from]
			}
		}
		a = r.c.Choose(bit, moved, a)
	}
	return a
}

func (r *reader) left(a, by []aig.Lit) []aig.Lit {
	return reversed(r.right(reversed(a), by, aig.False))
}

func reversed(v []aig.Lit) []aig.Lit {
	w := make([]aig.Lit, len(v))
	for i, l := range v {
		w[len(v)-1-i] = l
	}
	return w
}
