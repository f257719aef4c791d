package monitor

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// stage is a documented status of a job, in the order in which a job passes through them. The last two are final.
type stage int

const (
	pending stage = iota
	initial
	running
	succeeded
	failed
	stages
)

func stageOf(status string) (stage, bool) {
	switch status {
	case "PENDING_PAYMENT":
		return pending, true
	case "INIT":
		return initial, true
	case "RUNNING":
		return running, true
	case "SUCCESS":
		return succeeded, true
	case "FAIL":
		return failed, true
	}
	return 0, false // not documented: for the schema to judge
}

func (s stage) String() string {
	return [...]string{"PENDING_PAYMENT", "INIT", "RUNNING", "SUCCESS", "FAIL"}[s]
}

func (s stage) final() bool { return s >= succeeded }

// mayFollow says whether a job that showed one stage may show another later.
func (s stage) mayFollow(earlier stage) bool {
	return s == earlier || s > earlier && !earlier.final()
}

// job is what is known of a job, or of a child of one.
type job struct {
	id      string
	first   [stages]edge // the earliest answer that showed the stage
	last    [stages]edge // the latest request that was answered with it
	kinds   []said       // the types that it was called by
	servers []said       // the servers that it was said to work on
	answers int
	of      []ordered // the operations that were answered with its id
}

// said is a word of an answer, and the first exchange that has it.
type said struct {
	word, at string
	exchange int64
}

// ordered is an operation and the server that it is for.
type ordered struct {
	*operation
	server string
}

// mostSaid bounds how many different words are kept of a job: more than one of them is wrong already.
const mostSaid = 8

func say(list []said, word, at string, exchange int64) []said {
	for i := range list {
		if list[i].word == word {
			return list
		}
	}
	if len(list) == mostSaid {
		return list
	}
	return append(list, said{word, at, exchange})
}

// seeJob takes in what an answer tells of a job.
func (h *history) seeJob(x *journal.Exchange, text string) {
	shown, ok := readJob(text)
	if !ok {
		return
	}
	asked := pathID(x.URL, 0)
	if h.echoes.watched++; shown.id != asked {
		got := fmt.Sprintf("%q", shown.id)
		if shown.id == "" {
			got = "none"
		}
		h.echoes.add(found{wanted: fmt.Sprintf("the job id that was asked for, %q", asked), got: got, pointer: "/job_id", exchange: x.ID})
		return // whose status it tells is unclear
	}
	j := h.job(asked)
	j.answers++
	j.kinds = say(j.kinds, shown.kind, "/job_type", x.ID)
	shown.servers(func(id, at string) bool {
		j.servers = say(j.servers, strings.ToLower(id), at, x.ID)
		return true
	})
	h.seeStage(x, j, &shown, "")
}

func (h *history) seeStage(x *journal.Exchange, j *job, shown *shownJob, at string) {
	if s, documented := stageOf(shown.status); documented {
		if s.final() && !j.first[s].known() {
			h.ended(j)
		}
		j.first[s].earliest(answered(x))
		j.last[s].latest(sent(x))
		h.seeTimes(x, shown, s, at)
		if s.final() {
			h.seeCount(x, shown, at)
		}
	}
	for i := range shown.children {
		if child := &shown.children[i]; child.id != "" && child.id != j.id {
			k := h.job(child.id)
			k.answers++
			h.seeStage(x, k, child, fmt.Sprintf("%s/entities/sub_jobs/%d", at, i))
		}
	}
}

// ended notes with the servers of a job that it has been told to be over.
func (h *history) ended(j *job) {
	for _, o := range j.of {
		h.server(o.server).turn++
	}
}

// jobTime is how a job tells its times.
const jobTime = "2006-01-02T15:04:05.000Z"

// seeTimes judges begin_time and end_time. How they are written is for the schema to judge.
func (h *history) seeTimes(x *journal.Exchange, shown *shownJob, s stage, at string) {
	h.times.watched++
	f := found{pointer: at + "/end_time", exchange: x.ID}
	if !s.final() {
		if shown.end != "" {
			f.wanted, f.got = "no end_time while the job is "+s.String(), fmt.Sprintf("%q", shown.end)
			h.times.add(f)
		}
		return
	}
	begin, err1 := time.Parse(jobTime, shown.begin)
	end, err2 := time.Parse(jobTime, shown.end)
	if err1 == nil && err2 == nil && end.Before(begin) {
		f.wanted, f.got = fmt.Sprintf("an end_time that is not before begin_time, %q", shown.begin), fmt.Sprintf("%q", shown.end)
		h.times.add(f)
	}
}

// seeCount compares the number of children that a job tells with the children that it shows. While a job is under way, some of them may be still to come.
func (h *history) seeCount(x *journal.Exchange, shown *shownJob, at string) {
	if shown.total == "" || !shown.parted {
		return
	}
	h.counts.watched++
	// How the number is written is for the schema to judge.
	if total, err := strconv.Atoi(shown.total); err == nil && total != shown.parts {
		h.counts.add(found{wanted: fmt.Sprintf("sub_jobs_total to be the number of sub_jobs, %d", shown.parts), got: shown.total, pointer: at + "/entities/sub_jobs_total", exchange: x.ID})
	}
}

// consistent says that the job's own answers do not contradict each other, so that something can be concluded from them.
func (j *job) consistent() bool {
	_, _, wrong := j.backwards()
	return !wrong
}

// backwards finds two stages of which the second was shown after the first although it cannot follow it.
func (j *job) backwards() (from, to stage, found bool) {
	for from := failed; from >= pending; from-- {
		for to := range stages {
			if !to.mayFollow(from) && j.first[from].before(j.last[to]) {
				return from, to, true
			}
		}
	}
	return 0, 0, false
}

// over is when the job was first told to have ended, and how; !known() while it was not.
func (j *job) over() (edge, stage) {
	if j.first[failed].known() {
		return j.first[failed], failed
	}
	return j.first[succeeded], succeeded
}

// under is the latest request that was told that the job has not ended.
func (j *job) under() edge {
	var e edge
	for s := pending; s <= running; s++ {
		if j.last[s].known() {
			e.latest(j.last[s])
		}
	}
	return e
}

// judgeStages: no job goes back (RSZ-JOB-030).
func (h *history) judgeStages() tally {
	var t tally
	for _, j := range h.jobs {
		if j.answers < 2 {
			continue
		}
		t.watched += j.answers
		from, to, wrong := j.backwards()
		if !wrong {
			continue
		}
		told, then := j.first[from], j.last[to]
		t.add(found{
			wanted: fmt.Sprintf("job %s to stay %s or to go on from there", j.id, from), got: to.String(), pointer: "/status", exchange: then.exchange,
			steps: []journal.Step{
				{Text: fmt.Sprintf("job %s is told to be %s", j.id, from), Exchange: told.exchange},
				{Text: fmt.Sprintf("%s after that answer the job is asked for again and told to be %s", then.at.Sub(told.at).Round(time.Microsecond), to), Exchange: then.exchange},
			},
		})
	}
	return t
}

// judgeKinds: the job of a resize is called resizeServer (RSZ-JOB-033).
func (h *history) judgeKinds() tally {
	var t tally
	for _, j := range h.jobs {
		if len(j.of) == 0 || j.answers == 0 || !j.of[0].resize || len(j.of) > 1 {
			continue
		}
		t.watched += j.answers
		for _, k := range j.kinds {
			if k.word != jobTypeResize {
				t.add(found{wanted: "job_type " + jobTypeResize + " of the job of a resize", got: fmt.Sprintf("%q", k.word), pointer: k.at, exchange: k.exchange, steps: []journal.Step{
					{Text: j.of[0].what, Exchange: j.of[0].sent.exchange}, {Text: fmt.Sprintf("its job %s is shown with job_type %q", j.id, k.word), Exchange: k.exchange},
				}})
				break
			}
		}
	}
	return t
}

// judgeServers: a job names no other server than those of its request (RSZ-JOB-034).
func (h *history) judgeServers() tally {
	var t tally
	for _, j := range h.jobs {
		if len(j.of) == 0 || len(j.servers) == 0 {
			continue
		}
		t.watched += j.answers
		for _, s := range j.servers {
			if !j.isFor(s.word) {
				t.add(found{wanted: "no other server in the job than " + j.of[0].server, got: s.word, pointer: s.at, exchange: s.exchange, steps: []journal.Step{
					{Text: fmt.Sprintf("for server %s %s, with job %s", j.of[0].server, j.of[0].what, j.id), Exchange: j.of[0].sent.exchange}, {Text: "the job names server " + s.word, Exchange: s.exchange},
				}})
				break
			}
		}
	}
	return t
}

func (j *job) isFor(server string) bool {
	for _, o := range j.of {
		if o.server == server {
			return true
		}
	}
	return false
}
