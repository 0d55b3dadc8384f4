package syntax

import (
	"go/token"
)

// A Span is a stretch of a file.
type Span struct{ From, To token.Pos }

// Pos and End make a span a node.
func (s *Span) Pos() token.Pos { return s.From }

// End is where a span ends.
func (s *Span) End() token.Pos { return s.To }
