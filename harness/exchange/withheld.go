package exchange

// Withheld says that a request was not sent because the run may not send it, whoever asked for it: a transport that guards the way to a server gives it. It tells
// nothing about the server.
type Withheld struct {
	Why string // one sentence, with what to do to have it sent
	// Spent says that the run may send such requests, and has used up what it was given for them: what was to be shown cannot be shown, though it was declared.
	Spent bool
}

func (e *Withheld) Error() string { return e.Why }
