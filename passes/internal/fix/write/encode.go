package write

import (
	"go/types"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// Encode writes Go code of a scalar as an attribute value.
func Encode(d *syntax.Draft, r *Request, code string, t types.Type) (string, bool) {
	b, ok := t.Underlying().(*types.Basic)
	if !ok || dynamo.OwnEncoding(t) {
		return "", false
	}
	plain := types.Identical(types.Unalias(t), b)
	switch {
	case b.Info()&types.IsString != 0:
		if !plain {
			code = "string(" + code + ")"
		}
		return Attribute(d, r, "S", code)
	case b.Info()&types.IsBoolean != 0:
		if !plain {
			code = "bool(" + code + ")"
		}
		return Attribute(d, r, "BOOL", code)
	case b.Info()&types.IsInteger != 0:
		text, ok := NumberText(d, r.Site, code, t)
		if !ok {
			return "", false
		}
		return Attribute(d, r, "N", text)
	case b.Kind() == types.Float64:
		conv, ok := d.Use(r.Site, "strconv", "strconv")
		if !ok {
			return "", false
		}
		if !plain {
			code = "float64(" + code + ")"
		}
		return Attribute(d, r, "N", conv+".FormatFloat("+code+", 'f', -1, 64)")
	}
	return "", false
}
