// Package boards works on teams and tasks through generic ports. The two
// instances differ: tasks are written under their version, teams are not.
//
// Two boards are added to one team at the same time: both puts carry the old
// boards and one new one, and only the second survives.
//
// Invariant: every board that AddBoard accepted is in the team.
package boards

import (
	"context"
	"errors"
)

// ErrLimit says that a team has as many boards as it may have.
var ErrLimit = errors.New("too many boards")

// Retriever reads one T.
type Retriever[T any] interface {
	Retrieve(ctx context.Context, id string) (T, error)
}

// Updater writes one T.
type Updater[T any] interface {
	Update(ctx context.Context, v T) error
}

// Team is a team with its boards.
type Team struct {
	ID     string
	Boards []string
}

// Task is one task on a board.
type Task struct {
	ID      string
	Title   string
	Done    bool
	Version int
}

// Handler answers requests about teams and tasks.
type Handler struct {
	teams      Retriever[Team]
	saveTeam   Updater[Team]
	tasks      Retriever[Task]
	updateTask Updater[Task]
}

// NewHandler returns a handler over four ports.
func NewHandler(t Retriever[Team], st Updater[Team], k Retriever[Task], uk Updater[Task]) Handler {
	return Handler{teams: t, saveTeam: st, tasks: k, updateTask: uk}
}

// AddBoard adds a board to a team.
func (h Handler) AddBoard(ctx context.Context, team, board string) error {
	t, err := h.teams.Retrieve(ctx, team)
	if err != nil {
		return err
	}
	if len(t.Boards) >= 3 {
		return ErrLimit
	}
	t.Boards = append(t.Boards, board)
	return h.saveTeam.Update(ctx, t) // want lostupdate // gate
}

// FinishSafe marks a task as done.
func (h Handler) FinishSafe(ctx context.Context, task string) error {
	t, err := h.tasks.Retrieve(ctx, task)
	if err != nil {
		return err
	}
	t.Done = true
	return h.updateTask.Update(ctx, t)
}
