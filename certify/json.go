package certify

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
)

// UnmarshalJSON reads a certificate, all of it and nothing else: fields that are
// missing, unknown or said twice in different ways are faults.
func (r *Certificate) UnmarshalJSON(text []byte) error {
	type plain Certificate
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	again, err := json.Marshal(&p)
	if err != nil {
		return err
	}
	says, err := tree(text)
	if err != nil {
		return err
	}
	means, err := tree(again)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(says, means) {
		return errors.New("a certificate with fields that are missing or unknown")
	}
	*r = Certificate(p)
	return nil
}

func tree(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}
