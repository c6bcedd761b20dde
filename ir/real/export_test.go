package real

// Settle is Code by exact and arbitrary-precision arithmetic alone.
func (q *Quantizer) Settle(k int64) (int64, error) {
	code, _, err := q.settle(k)
	return code, err
}
