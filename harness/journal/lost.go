package journal

import "slices"

// Lost names what a recording that others made has not kept of an exchange. What is lost is unknown, so nobody is judged by it.
type Lost string

// What a recording may lose.
const (
	LostRequestHeader Lost = "request-header" // header lines of the request are missing, or not as they were sent
	LostRequestBody   Lost = "request-body"
	LostAnswerHeader  Lost = "answer-header"
	LostAnswerBody    Lost = "answer-body"
	LostTimes         Lost = "times" // Start and Duration say nothing: the exchange is in no order with any other
)

// Lacks says whether a recording has not kept a part of the exchange.
func (x *Exchange) Lacks(l Lost) bool { return slices.Contains(x.Lost, l) }
