package fix

import "go/types"

// numberText writes Go code that turns an integer into the text of a number attribute.
func (d *draft) numberText(s *site, code string, t types.Type) (string, bool) {
	b, ok := t.Underlying().(*types.Basic)
	if !ok || b.Info()&types.IsInteger == 0 {
		return "", false
	}
	conv, ok := d.use(s, "strconv", "strconv")
	if !ok {
		return "", false
	}
	plain := types.Identical(t, b)
	switch {
	case plain && b.Kind() == types.Int:
		return conv + ".Itoa(" + code + ")", true
	case plain && b.Kind() == types.Int64:
		return conv + ".FormatInt(" + code + ", 10)", true
	case plain && b.Kind() == types.Uint64:
		return conv + ".FormatUint(" + code + ", 10)", true
	case b.Info()&types.IsUnsigned != 0:
		return conv + ".FormatUint(uint64(" + code + "), 10)", true
	}
	return conv + ".FormatInt(int64(" + code + "), 10)", true
}

// number writes a number attribute, from the Go code of its text.
func (d *draft) number(r *request, text string) (string, bool) {
	return d.attribute(r, "N", text)
}

// attribute writes an attribute value of a kind: S, N, BOOL, NULL.
func (d *draft) attribute(r *request, kind, code string) (string, bool) {
	q, ok := d.use(r.site, r.dialect.Types, r.dialect.Qualifier())
	if !ok {
		return "", false
	}
	if !r.dialect.V1 {
		return "&" + q + ".AttributeValueMember" + kind + "{Value: " + code + "}", true
	}
	a, ok := d.use(r.site, r.dialect.Aws, "aws")
	if !ok {
		return "", false
	}
	to := "String"
	if kind == "BOOL" || kind == "NULL" {
		to = "Bool"
	}
	return "&" + q + ".AttributeValue{" + kind + ": " + a + "." + to + "(" + code + ")}", true
}
