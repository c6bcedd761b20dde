package real

import (
	"math/big"
)

// maxRatBits bounds the numerator and denominator of exact intermediate results.
// Beyond it intervals take over.
const maxRatBits = 1 << 15

func ratBits(v *big.Rat) int { return max(v.Num().BitLen(), v.Denom().BitLen()) }

func ratFloor(v *big.Rat) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Div(v.Num(), v.Denom()))
}

// ratPow is a ^ b where that is a rational of moderate size, nil where it is not
// or where it is undefined.
func ratPow(a, b *big.Rat) *big.Rat {
	if !b.Num().IsInt64() || !b.Denom().IsInt64() {
		return nil
	}
	n, root := b.Num().Int64(), b.Denom().Int64()
	if root > 1 {
		if a = ratRoot(a, root); a == nil {
			return nil
		}
	}
	if a.Sign() == 0 {
		switch {
		case n < 0:
			return nil
		case n == 0:
			return big.NewRat(1, 1)
		}
		return new(big.Rat)
	}
	if n < 0 {
		a, n = new(big.Rat).Inv(a), -n
	}
	if n < 0 || n > maxRatBits && ratBits(a) > 1 || n <= maxRatBits && n*int64(ratBits(a)-1) > maxRatBits {
		return nil
	}
	if n > maxRatBits { // 1 or -1
		n %= 2
	}
	e := big.NewInt(n)
	return new(big.Rat).SetFrac(new(big.Int).Exp(a.Num(), e, nil), new(big.Int).Exp(a.Denom(), e, nil))
}

// ratRoot is the n-th root of a >= 0 if that is rational, else nil.
func ratRoot(a *big.Rat, n int64) *big.Rat {
	if a.Sign() < 0 {
		return nil
	}
	num, den := intRoot(a.Num(), n), intRoot(a.Denom(), n)
	if num == nil || den == nil {
		return nil
	}
	return new(big.Rat).SetFrac(num, den)
}

// intRoot is the n-th root of a >= 0, n >= 2, if that is an integer, else nil.
func intRoot(a *big.Int, n int64) *big.Int {
	if a.BitLen() <= 1 {
		return a
	}
	if int64(a.BitLen()) <= n {
		return nil // between 1 and 2
	}
	power := big.NewInt(n)
	root := new(big.Int).Sqrt(a)
	if n != 2 {
		root = floorRoot(a, n)
	}
	if new(big.Int).Exp(root, power, nil).Cmp(a) != 0 {
		return nil
	}
	return root
}

// floorRoot is the integer part of the n-th root of a, bit by bit.
func floorRoot(a *big.Int, n int64) *big.Int {
	root, power := new(big.Int), big.NewInt(n)
	for bit := a.BitLen() / int(n); bit >= 0; bit-- {
		root.SetBit(root, bit, 1)
		if new(big.Int).Exp(root, power, nil).Cmp(a) > 0 {
			root.SetBit(root, bit, 0)
		}
	}
	return root
}
