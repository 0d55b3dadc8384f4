package decision

import (
	"go/ast"
	"go/token"
	"slices"
	"testing"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// TestFormula writes formulas in the three ways in which code says conditions.
func TestFormula(t *testing.T) {
	open := Formula{Atom: Atom{Attr: "state", Op: token.EQL, Kind: "S", Code: `"open"`, Value: "V", Hint: "open"}}
	used := Formula{Atom: Atom{Attr: "used", Op: token.LSS, Other: "limit", Missing: true}}
	full := Formula{Atom: Atom{Attr: "litres", Op: token.NEQ, Kind: "N", Code: "0", Value: "V", Present: true}}
	gone := Formula{Atom: Atom{Attr: "endedAt", Op: token.EQL, Kind: "NULL", Code: "true", Value: "V"}}
	and := func(parts ...Formula) Formula { return Formula{Op: "AND", Parts: parts} }
	or := func(parts ...Formula) Formula { return Formula{Op: "OR", Parts: parts} }
	tests := []struct {
		f                    Formula
		text, build, chained string
		args                 []string
	}{
		{open, "#state = :open", `e.Name("state").Equal(e.Value("open"))`, "$ = ?", []string{`"state"`, `"open"`}},
		{
			used, "attribute_not_exists(used) OR used < #limit",
			`e.Or(e.AttributeNotExists(e.Name("used")), e.Name("used").LessThan(e.Name("limit")))`,
			"attribute_not_exists($) OR $ < $", []string{`"used"`, `"used"`, `"limit"`},
		},
		{
			and(open, used), "#state = :open AND (attribute_not_exists(used) OR used < #limit)",
			`e.And(e.Name("state").Equal(e.Value("open")), e.Or(e.AttributeNotExists(e.Name("used")), e.Name("used").LessThan(e.Name("limit"))))`,
			"$ = ? AND (attribute_not_exists($) OR $ < $)", []string{`"state"`, `"open"`, `"used"`, `"used"`, `"limit"`},
		},
		{
			or(full, open), "(attribute_exists(litres) AND litres <> :litresWanted) OR #state = :open",
			`e.Or(e.And(e.AttributeExists(e.Name("litres")), e.Name("litres").NotEqual(e.Value(0))), e.Name("state").Equal(e.Value("open")))`,
			"(attribute_exists($) AND $ <> ?) OR $ = ?", []string{`"litres"`, `"litres"`, "0", `"state"`, `"open"`},
		},
		{
			gone, "attribute_not_exists(endedAt) OR endedAt = :endedAtNone",
			`e.Or(e.AttributeNotExists(e.Name("endedAt")), e.Name("endedAt").Equal(e.Value(nil)))`,
			"attribute_not_exists($)", []string{`"endedAt"`},
		},
	}
	for _, tt := range tests {
		src := &syntax.Source{Fset: token.NewFileSet()}
		s := &syntax.Site{Src: src, File: &ast.File{Name: ast.NewIdent("a")}}
		r := &write.Request{Site: s, Of: s, Lit: &ast.CompositeLit{}}
		if got := tt.f.Text(&write.Guard{R: r}); got != tt.text {
			t.Errorf("text: %s\nwant  %s", got, tt.text)
		}
		if got := tt.f.Build("e"); got != tt.build {
			t.Errorf("build: %s\nwant   %s", got, tt.build)
		}
		if got, args := tt.f.Chained(); got != tt.chained || !slices.Equal(args, tt.args) {
			t.Errorf("chained: %s %q\nwant     %s %q", got, args, tt.chained, tt.args)
		}
	}
}

// TestTitles are the words of lists of attributes.
func TestTitles(t *testing.T) {
	for want, attrs := range map[string][]string{"a": {"a", "a"}, "a and b": {"a", "b", "a"}, "a, b and c": {"a", "b", "c"}} {
		if got := InWords(attrs); got != want {
			t.Errorf("InWords(%q) = %q, want %q", attrs, got, want)
		}
	}
}
