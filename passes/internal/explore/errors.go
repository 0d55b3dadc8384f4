package explore

import "fmt"

// apiError is an error as DynamoDB answers it: an HTTP status, a type, a
// message, and for some types more fields.
type apiError struct {
	status int
	kind   string
	msg    string
	more   map[string]any
}

func (e *apiError) Error() string { return e.kind + ": " + e.msg }

func validationError(format string, args ...any) error {
	return &apiError{status: 400, kind: "ValidationException", msg: fmt.Sprintf(format, args...)}
}

// unsupportedError is what the engine says of a request it has no answer to.
// It fails the whole exploration: a scenario must not pass because a call was
// refused for the engine's own reasons.
type unsupportedError struct{ what string }

func (e *unsupportedError) Error() string { return "the engine has no " + e.what }
