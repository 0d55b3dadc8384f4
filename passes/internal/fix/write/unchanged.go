package write

import (
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// Conjoined makes one condition of alternatives that must all hold.
func Conjoined(texts []string) string {
	if len(texts) == 1 {
		return texts[0]
	}
	return "(" + strings.Join(texts, ") AND (") + ")"
}

// Unchanged is the condition that an attribute has a value, code in Go and hint for its placeholder, or is missing: what was
// read may have been its zero value.
func (g *Guard) Unchanged(attr, hint, code string) string {
	name := g.Name(attr)
	return "attribute_not_exists(" + name + ") OR " + name + " = " + g.Value(hint, code)
}

// Unchanged is the same condition in terms of package expression.
func (b *Builder) Unchanged(d *syntax.Draft, attr, code string) (string, bool) {
	q, ok := d.Use(b.R.Site, b.R.Dialect.Expression, "expression")
	name := q + ".Name(" + strconv.Quote(attr) + ")"
	return q + ".Or(" + q + ".AttributeNotExists(" + name + "), " + name + ".Equal(" + q + ".Value(" + code + ")))", ok
}
