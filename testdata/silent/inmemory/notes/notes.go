// Package notes is silent because the only implementation of its port that
// changes notes lives in memory, under a mutex; the one over DynamoDB is an
// append-only archive that nobody reads notes back from.
package notes

import "context"

// Note is one note.
type Note struct {
	ID    string `dynamodbav:"id"`
	Text  string `dynamodbav:"text"`
	Edits int    `dynamodbav:"edits"`
}

// Port is where notes are kept.
type Port interface {
	Note(ctx context.Context, id string) (Note, error)
	Save(ctx context.Context, n Note) error
}

// Archive takes notes for good.
type Archive interface {
	Keep(ctx context.Context, n Note) error
}

// Service edits notes.
type Service struct {
	port    Port
	archive Archive
}

// New returns a service over a port and an archive.
func New(p Port, a Archive) *Service { return &Service{p, a} }

// Append adds text to a note.
func (s *Service) Append(ctx context.Context, id, text string) error {
	n, err := s.port.Note(ctx, id)
	if err != nil {
		return err
	}
	n.Text += text
	n.Edits++
	if err := s.port.Save(ctx, n); err != nil {
		return err
	}
	return s.archive.Keep(ctx, n)
}
