package sat

// order is a heap of the variables to decide, the most active one first.
type order struct {
	heap     []int
	place    []int // of a variable in the heap, plus one
	activity []float64
	wanted   []int // the search in which a variable was to be decided
	search   int
	step     float64
}

func (o *order) grow(n int) {
	for len(o.place) < n {
		o.place, o.activity, o.wanted = append(o.place, 0), append(o.activity, 0), append(o.wanted, 0)
	}
}

// begin has those variables, and no other ones, be decided.
func (o *order) begin(decide []int) {
	for _, v := range o.heap {
		o.place[v] = 0
	}
	o.heap = o.heap[:0]
	o.search++
	for _, v := range decide {
		o.wanted[v] = o.search
		o.put(v)
	}
}

func (o *order) put(v int) {
	if o.place[v] > 0 || o.wanted[v] != o.search {
		return
	}
	o.heap = append(o.heap, v)
	o.up(len(o.heap)-1, v)
}

// take is the most active variable, if there is one.
func (o *order) take() (v int, any bool) {
	n := len(o.heap) - 1
	if n < 0 {
		return 0, false
	}
	v, last := o.heap[0], o.heap[n]
	o.heap, o.place[v] = o.heap[:n], 0
	if n > 0 {
		o.down(last)
	}
	return v, true
}

func (o *order) up(at, v int) {
	for at > 0 {
		parent := (at - 1) / 2
		if o.activity[o.heap[parent]] >= o.activity[v] {
			break
		}
		o.set(at, o.heap[parent])
		at = parent
	}
	o.set(at, v)
}

// down places a variable from the top.
func (o *order) down(v int) {
	at := 0
	for {
		child := 2*at + 1
		if child >= len(o.heap) {
			break
		}
		if child+1 < len(o.heap) && o.activity[o.heap[child+1]] > o.activity[o.heap[child]] {
			child++
		}
		if o.activity[o.heap[child]] <= o.activity[v] {
			break
		}
		o.set(at, o.heap[child])
		at = child
	}
	o.set(at, v)
}

func (o *order) set(at, v int) { o.heap[at], o.place[v] = v, at+1 }

// bump makes a variable more active.
func (o *order) bump(v int) {
	if o.activity[v] += o.step; o.activity[v] > 1e100 {
		for i := range o.activity {
			o.activity[i] *= 1e-100
		}
		o.step *= 1e-100
	}
	if at := o.place[v]; at > 0 {
		o.up(at-1, v)
	}
}

// decay makes all less active.
func (o *order) decay() { o.step *= 1 / 0.95 }
