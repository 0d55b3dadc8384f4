package write

import (
	"go/types"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// NumberText writes Go code that turns an integer into the text of a number attribute.
func NumberText(d *syntax.Draft, s *syntax.Site, code string, t types.Type) (string, bool) {
	b, ok := t.Underlying().(*types.Basic)
	if !ok || b.Info()&types.IsInteger == 0 {
		return "", false
	}
	conv, ok := d.Use(s, "strconv", "strconv")
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

// Number writes a number attribute, from the Go code of its text.
func Number(d *syntax.Draft, r *Request, text string) (string, bool) {
	return Attribute(d, r, "N", text)
}

// Attribute writes an attribute value of a kind: S, N, BOOL, NULL.
func Attribute(d *syntax.Draft, r *Request, kind, code string) (string, bool) {
	q, ok := d.Use(r.Site, r.Dialect.Types, r.Dialect.Qualifier())
	if !ok {
		return "", false
	}
	if !r.Dialect.V1 {
		return "&" + q + ".AttributeValueMember" + kind + "{Value: " + code + "}", true
	}
	a, ok := d.Use(r.Site, r.Dialect.Aws, "aws")
	if !ok {
		return "", false
	}
	to := "String"
	if kind == "BOOL" || kind == "NULL" {
		to = "Bool"
	}
	return "&" + q + ".AttributeValue{" + kind + ": " + a + "." + to + "(" + code + ")}", true
}
