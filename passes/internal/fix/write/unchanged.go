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

// Equal is the condition that an attribute has a value, code in Go and hint for its placeholder.
func (g *Guard) Equal(attr, hint, code string) string {
	return g.Name(attr) + " = " + g.Value(hint, code)
}

// Unchanged is Equal for an attribute that may be missing: what was read may have been its zero value.
func (g *Guard) Unchanged(attr, hint, code string) string {
	return "attribute_not_exists(" + g.Name(attr) + ") OR " + g.Equal(attr, hint, code)
}

// Equal is the same condition in terms of package expression.
func (b *Builder) Equal(d *syntax.Draft, attr, code string) (string, bool) {
	q, ok := d.Use(b.R.Site, b.R.Dialect.Expression, "expression")
	return q + ".Name(" + strconv.Quote(attr) + ").Equal(" + q + ".Value(" + code + "))", ok
}

// Unchanged is the same condition in terms of package expression.
func (b *Builder) Unchanged(d *syntax.Draft, attr, code string) (string, bool) {
	equal, ok := b.Equal(d, attr, code)
	q, _, _ := strings.Cut(equal, ".")
	return q + ".Or(" + q + ".AttributeNotExists(" + q + ".Name(" + strconv.Quote(attr) + ")), " + equal + ")", ok
}
