package explore

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"regexp"
	"slices"
	"strings"
)

// item is a record: attribute names and values.
type item map[string]value

// value is one attribute value. Numbers are kept in one canonical form, so
// that equal numbers are equal texts.
type value struct {
	kind string   // S, N, B, BOOL, NULL, SS, NS, BS, L, M
	text string   // S; N; B as base64
	yes  bool     // BOOL
	set  []string // SS, NS, BS: sorted
	list []value  // L
	m    item     // M
}

// UnmarshalJSON reads the wire form {"S": "x"} and refuses what DynamoDB
// refuses: no type, two types, bad numbers, empty sets and duplicates.
func (v *value) UnmarshalJSON(data []byte) error {
	var wire map[string]json.RawMessage
	if err := json.Unmarshal(data, &wire); err != nil {
		return err
	}
	if len(wire) != 1 {
		return validationError("supplied AttributeValue must contain exactly one of the supported datatypes")
	}
	for kind, raw := range wire {
		v.kind = kind
		return v.read(raw)
	}
	return nil
}

func (v *value) read(raw json.RawMessage) error {
	switch v.kind {
	case "S", "B":
		return json.Unmarshal(raw, &v.text)
	case "N":
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return err
		}
		var err error
		v.text, err = canonicalNumber(text)
		return err
	case "BOOL":
		return json.Unmarshal(raw, &v.yes)
	case "NULL":
		if bytes.Equal(raw, []byte("true")) {
			return nil
		}
		return validationError("null attribute value types must have the value of true")
	case "L":
		return json.Unmarshal(raw, &v.list)
	case "M":
		return json.Unmarshal(raw, &v.m)
	case "SS", "NS", "BS":
		return v.readSet(raw)
	}
	return validationError("unknown datatype %q", v.kind)
}

func (v *value) readSet(raw json.RawMessage) error {
	if err := json.Unmarshal(raw, &v.set); err != nil {
		return err
	}
	if len(v.set) == 0 {
		return validationError("an number set, string set or binary set may not be empty")
	}
	if v.kind == "NS" {
		for i, text := range v.set {
			n, err := canonicalNumber(text)
			if err != nil {
				return err
			}
			v.set[i] = n
		}
	}
	slices.Sort(v.set)
	if len(slices.Compact(slices.Clone(v.set))) < len(v.set) {
		return validationError("input collection contains duplicates")
	}
	return nil
}

// MarshalJSON writes the wire form.
func (v value) MarshalJSON() ([]byte, error) {
	var content any
	switch v.kind {
	case "S", "N", "B":
		content = v.text
	case "BOOL":
		content = v.yes
	case "NULL":
		content = true
	case "SS", "NS", "BS":
		content = v.set
	case "L":
		content = append([]value{}, v.list...) // never null
	case "M":
		content = v.m
		if v.m == nil {
			content = item{}
		}
	}
	return json.Marshal(map[string]any{v.kind: content})
}

// equal compares as the "=" of expressions does: type and content.
func (v value) equal(w value) bool {
	if v.kind != w.kind || v.text != w.text || v.yes != w.yes || !slices.Equal(v.set, w.set) {
		return false
	}
	return slices.EqualFunc(v.list, w.list, value.equal) && v.m.equal(w.m)
}

func (it item) equal(other item) bool {
	if len(it) != len(other) {
		return false
	}
	for name, v := range it {
		if w, ok := other[name]; !ok || !v.equal(w) {
			return false
		}
	}
	return true
}

// clone copies the value so that no part is shared.
func (v value) clone() value {
	v.set = slices.Clone(v.set)
	v.m = v.m.clone()
	if v.list != nil {
		list := make([]value, len(v.list))
		for i, e := range v.list {
			list[i] = e.clone()
		}
		v.list = list
	}
	return v
}

func (it item) clone() item {
	if it == nil {
		return nil
	}
	out := make(item, len(it))
	for name, v := range it {
		out[name] = v.clone()
	}
	return out
}

// compare orders two values of one type that has an order (S, N, B); ok is
// false for others.
func (v value) compare(w value) (order int, ok bool) {
	if v.kind != w.kind {
		return 0, false
	}
	switch v.kind {
	case "S":
		return strings.Compare(v.text, w.text), true
	case "B":
		return bytes.Compare(decodeBinary(v.text), decodeBinary(w.text)), true
	case "N":
		return number(v.text).Cmp(number(w.text)), true
	}
	return 0, false
}

// decodeBinary gives the bytes of a B value.
func decodeBinary(text string) []byte {
	out, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return out
}

// DynamoDB's numbers: 38 significant digits, magnitude 1E-130 to 9.99…E+125
// (developer guide, "Data types").
var (
	numberForm = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$`)
	maxNumber  = new(big.Rat).SetFrac(power10(126), big.NewInt(1))
	minNumber  = new(big.Rat).SetFrac(big.NewInt(1), power10(130))
)

func power10(n int64) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil) }

// canonicalNumber gives the one text for a number.
func canonicalNumber(text string) (string, error) {
	text = strings.TrimSpace(text)
	if !numberForm.MatchString(text) || len(text) > 300 {
		return "", validationError("the parameter cannot be converted to a numeric value: %s", text)
	}
	return formatNumber(number(text))
}

// number reads a text that has the form of a number.
func number(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat)
	}
	return r
}

// formatNumber writes a decimal and checks that DynamoDB can hold it.
func formatNumber(r *big.Rat) (string, error) {
	if r.Sign() == 0 {
		return "0", nil
	}
	switch abs := new(big.Rat).Abs(r); {
	case abs.Cmp(maxNumber) >= 0:
		return "", validationError("number overflow. Attempting to store a number with magnitude larger than supported range")
	case abs.Cmp(minNumber) < 0:
		return "", validationError("number underflow. Attempting to store a number with magnitude smaller than supported range")
	}
	places, _ := r.FloatPrec()
	text := r.FloatString(places)
	digits := strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(text), "0")
	if len(digits) > 38 {
		return "", validationError("attempting to store more than 38 significant digits in a Number")
	}
	return text, nil
}
