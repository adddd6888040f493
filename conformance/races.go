package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ltskit/ltskit/openapi"
)

// rivals is how many clients want the same thing at the same time.
const rivals = 8

// raceCases: what holds for one client after the other holds for several at
// once.
func (c *contract) raceCases() []testCase {
	race := func(name, operationID string, run func(*trial), requires ...string) testCase {
		operation := c.byID[operationID]
		return testCase{
			name: "races/" + name, tag: operation.Tag(), operation: operationID, requires: requires,
			sources: openapi.SourcesOf(operation.Extensions), run: run,
		}
	}
	full := race("groups/quota", "CreateLogGroup", raceForGroupQuota, FeatureQuotas)
	full.alone = true // no other case could create a group
	return []testCase{
		race("groups/same-name", "CreateLogGroup", raceForGroupName),
		race("groups/other-names", "CreateLogGroup", raceOfGroupNames),
		race("groups/delete", "DeleteLogGroup", raceToDeleteGroup),
		race("groups/create-and-delete", "CreateLogGroup", raceCreateDelete),
		full,
		race("streams/same-name", "CreateLogStream", raceForStreamName, "groups"),
		race("streams/delete", "DeleteLogStream", raceToDeleteStream, "groups"),
		race("streams/group-deleted", "CreateLogStream", raceStreamsGroup, "groups"),
		race("streams/quota", "CreateLogStream", raceForStreamQuota, "groups", FeatureQuotas),
		race("logs/stream-deleted", "ReportLogsHighAccuracy", raceRecordsStream, "groups", "streams", needsReports),
		race("transfers/same-stream", "CreateOBSTransfer", raceForStream, "groups", "streams"),
		race("transfers/delete", "DeleteTransfer", raceToDeleteTransfer, "groups", "streams"),
		race("transfers/changes", "UpdateTransfer", raceToChangeTransfer, "groups", "streams"),
		race("transfers/group-deleted", "CreateOBSTransfer", func(t *trial) { t.raceTransfer("DeleteLogGroup", "LTS.0105") }, "groups", "streams"),
		race("transfers/stream-deleted", "CreateOBSTransfer", func(t *trial) { t.raceTransfer("DeleteLogStream", "LTS.0207") }, "groups", "streams"),
		race("logtanks/same-resource", "CreateLogtank", raceForResource),
		race("logtanks/delete", "DeleteLogtank", raceToDeleteLogtank),
	}
}

// together asks as many questions at once as there are, and notes what the
// answers created.
func (t *trial) together(questions ...question) []*answer {
	answers := make([]*answer, len(questions))
	t.clients(len(questions), func(i int) {
		answers[i], _ = t.send(questions[i])
	})
	return answers
}

// one compares answers to the same question, asked by several at once: one has
// succeeded, which is returned, and the others have the error.
func (t *trial) one(answers []*answer, status int, codes ...string) *answer {
	won := chosenAnswers(answers, status)
	var last *answer
	if len(won) > 0 {
		last = won[len(won)-1]
	}
	t.check(len(won) == 1, last, "status", fmt.Sprintf("one of %d clients gets %d", len(answers), status), statuses(answers))
	for _, a := range answers {
		if a.status != status {
			t.refusedWithOne(a, codes)
		}
	}
	return last
}

// refusedWithOne compares an answer with errors of the document.
func (t *trial) refusedWithOne(a *answer, codes []string) {
	got := text(a.value, "error_code")
	if t.check(slices.Contains(codes, got), a, "/error_code", "it is "+strings.Join(codes, " or "), got) {
		t.checkStatus(a, t.statusOf(a.exchange.Operation, got))
	}
}

func chosenAnswers(answers []*answer, status int) []*answer {
	var chosen []*answer
	for _, a := range answers {
		if a.status == status {
			chosen = append(chosen, a)
		}
	}
	return chosen
}

func statuses(answers []*answer) []int {
	all := make([]int, len(answers))
	for i, a := range answers {
		all[i] = a.status
	}
	return all
}

// listed gives the IDs of what a list has of a name.
func (t *trial) listed(q question, elements, member, name, id string) (*answer, []string) {
	a := t.must(q, http.StatusOK)
	var found []string
	for _, element := range list(a.value, elements) {
		if text(element, member) == name {
			found = append(found, text(element, id))
		}
	}
	return a, found
}

// checkListed compares the IDs that a list has of a name.
func (t *trial) checkListed(q question, elements, member, name, id string, want ...string) {
	a, found := t.listed(q, elements, member, name, id)
	t.check(slices.Equal(want, found), a, "/"+elements, fmt.Sprintf("it has %s as %v", name, want), found)
}

func (t *trial) checkGroups(name string, want ...string) {
	t.checkListed(question{operation: "ListLogGroups"}, "log_groups", "log_group_name", name, "log_group_id", want...)
}

func (t *trial) checkStreams(group, name string, want ...string) {
	t.checkListed(question{operation: "ListLogStreams", ids: ids{group: group}}, "log_streams", "log_stream_name", name, "log_stream_id", want...)
}

func groupQuestion(name string) question {
	return question{operation: "CreateLogGroup", body: object{"log_group_name": name, "ttl_in_days": 7}}
}

func streamQuestion(group, name string) question {
	return question{operation: "CreateLogStream", ids: ids{group: group}, body: object{"log_stream_name": name}}
}

// raceForGroupName lets clients create groups of one name.
func raceForGroupName(t *trial) {
	for round := range 3 {
		name := fmt.Sprintf("%sr%d", t.prefix, round)
		won := t.one(t.together(slices.Repeat([]question{groupQuestion(name)}, rivals)...), http.StatusCreated, "LTS.0101")
		if won != nil {
			t.checkGroups(name, text(won.value, "log_group_id"))
		}
	}
}

// raceOfGroupNames lets clients create groups of names that differ a little.
func raceOfGroupNames(t *trial) {
	names := []string{"n", "N", "n1", "n-", "n-1", "1n", "nn", "n.n"}
	var questions []question
	for _, name := range names {
		questions = append(questions, groupQuestion(t.prefix+name))
	}
	answers := t.together(questions...)
	seen := make(map[string]bool)
	for i, a := range answers {
		if t.checkStatus(a, http.StatusCreated) {
			id := text(a.value, "log_group_id")
			t.check(!seen[id], a, "/log_group_id", "every group has an ID of its own", id)
			seen[id] = true
			t.checkGroups(t.prefix+names[i], id)
		}
	}
}

// raceToDeleteGroup lets clients delete one group.
func raceToDeleteGroup(t *trial) {
	id := t.group("g")
	t.one(t.together(slices.Repeat([]question{{operation: "DeleteLogGroup", ids: ids{group: id}}}, rivals)...), http.StatusNoContent, "LTS.0201")
	t.checkGroups(t.prefix + "g")
}

// raceCreateDelete lets clients create and delete groups of one name, over and
// over, and looks whether what they were told adds up.
func raceCreateDelete(t *trial) {
	const rounds = 4
	answers := make([][]*answer, rivals)
	t.clients(rivals, func(client int) {
		for range rounds {
			create := groupQuestion(t.prefix + "g")
			a, _ := t.send(create)
			answers[client] = append(answers[client], a)
			if a.status == http.StatusCreated {
				d, _ := t.send(question{operation: "DeleteLogGroup", ids: ids{group: text(a.value, "log_group_id")}})
				answers[client] = append(answers[client], d)
			}
		}
	})
	seen := make(map[string]bool)
	for _, a := range slices.Concat(answers...) {
		switch {
		case a.exchange.Operation == "DeleteLogGroup":
			t.checkStatus(a, http.StatusNoContent) // nobody else knows the ID
		case a.status == http.StatusCreated:
			id := text(a.value, "log_group_id")
			t.check(!seen[id], a, "/log_group_id", "every group has an ID of its own", id)
			seen[id] = true
		default:
			t.refused(a, "LTS.0101")
		}
	}
	t.checkGroups(t.prefix + "g")
	t.checkStatus(t.ask(groupQuestion(t.prefix+"h")), http.StatusCreated)
}

// raceForStreamName lets clients create streams of one name.
func raceForStreamName(t *trial) {
	group := t.group("g")
	for round := range 3 {
		name := fmt.Sprintf("s%d", round)
		won := t.one(t.together(slices.Repeat([]question{streamQuestion(group, name)}, rivals)...), http.StatusCreated, "LTS.0205")
		if won != nil {
			t.checkStreams(group, name, text(won.value, "log_stream_id"))
		}
	}
}

// raceToDeleteStream lets clients delete one stream.
func raceToDeleteStream(t *trial) {
	place := t.place()
	t.one(t.together(slices.Repeat([]question{{operation: "DeleteLogStream", ids: place}}, rivals)...), http.StatusNoContent, "LTS.0208")
	t.checkStreams(place.group, "s")
}

// raceStreamsGroup lets clients create streams in a group that is deleted. No
// stream may outlive its group.
func raceStreamsGroup(t *trial) {
	group := t.group("g")
	questions := []question{{operation: "DeleteLogGroup", ids: ids{group: group}}}
	for i := range rivals - 1 {
		questions = append(questions, streamQuestion(group, fmt.Sprintf("s%d", i)))
	}
	answers := t.together(slices.Concat(questions[1:4], questions[:1], questions[4:])...)
	for _, a := range answers {
		switch {
		case a.exchange.Operation == "DeleteLogGroup":
			t.checkStatus(a, http.StatusNoContent)
		case a.status != http.StatusCreated:
			t.refused(a, "LTS.0201")
		}
	}
	t.refused(t.ask(question{operation: "ListLogStreams", ids: ids{group: group}}), "LTS.0201")
	a := t.must(question{operation: "ListProjectLogStreams", query: url.Values{"log_group_name": {t.prefix + "g"}}}, http.StatusOK)
	t.check(len(list(a.value, "log_streams")) == 0, a, "/log_streams", "the streams went with their group", list(a.value, "log_streams"))
}

// raceRecordsStream writes to a stream that is deleted, and looks for what was
// written in the next one of its name.
func raceRecordsStream(t *trial) {
	place := t.place()
	questions := []question{{operation: "DeleteLogStream", ids: place}}
	for range rivals - 1 {
		questions = append(questions, question{operation: "ReportLogsHighAccuracy", ids: place, body: reportBody(numbered(3))})
	}
	answers := t.together(slices.Concat(questions[1:4], questions[:1], questions[4:])...)
	for _, a := range answers {
		switch {
		case a.exchange.Operation == "DeleteLogStream":
			t.checkStatus(a, http.StatusNoContent)
		case a.status != http.StatusOK:
			t.refused(a, "LTS.0208")
		}
	}
	t.unreadable(place, numbered(1)[0].timeNS, "LTS.0208")
	t.empty(ids{group: place.group, stream: t.stream(place.group, "s")})
}

// transferQuestion asks for a transfer of a stream.
func (t *trial) transferQuestion(at ids) question {
	return question{operation: "CreateOBSTransfer", body: t.transferBody(at.group, at.stream, "race")}
}

// transfersOf lists the transfers of the group of a name.
func (t *trial) transfersOf(name string) (*answer, []any) {
	a := t.must(question{operation: "ListTransfers", query: url.Values{"log_group_name": {t.prefix + name}}}, http.StatusOK)
	return a, list(a.value, "log_transfers")
}

// raceForStream lets clients transfer one stream.
func raceForStream(t *trial) {
	place := t.place()
	won := t.one(t.together(slices.Repeat([]question{t.transferQuestion(place)}, rivals)...), http.StatusCreated, "LTS.0207")
	a, found := t.transfersOf("g")
	if t.check(len(found) == 1, a, "/log_transfers", "the stream has one transfer", len(found)) && won != nil {
		t.checkEqual(a, "/log_transfers/0/log_transfer_id", text(won.value, "log_dump_obs_id"), at(found[0], "log_transfer_id"))
	}
}

// raceToDeleteTransfer lets clients delete one transfer.
func raceToDeleteTransfer(t *trial) {
	place := t.place()
	transfer := t.transfer(place.group, place.stream, "race")
	t.one(t.together(slices.Repeat([]question{{operation: "DeleteTransfer", ids: ids{transfer: transfer}}}, rivals)...), http.StatusOK, "LTS.0405")
	a, found := t.transfersOf("g")
	t.check(len(found) == 0, a, "/log_transfers", "the transfer is gone", found)
	t.checkStatus(t.ask(question{operation: "DeleteLogStream", ids: place}), http.StatusNoContent)
}

// raceToChangeTransfer lets clients change different parts of one transfer. None
// undoes what another has done.
func raceToChangeTransfer(t *trial) {
	place := t.place()
	transfer := t.transfer(place.group, place.stream, "race")
	change := func(detail object) question {
		return question{operation: "UpdateTransfer", body: object{
			"log_transfer_id": transfer, "log_transfer_info": object{"log_transfer_detail": detail},
		}}
	}
	for round := range 4 {
		prefix, dir := fmt.Sprintf("prefix%d", round), fmt.Sprintf("dir%d", round)
		for _, a := range t.together(change(object{"obs_prefix_name": prefix}), change(object{"obs_dir_pre_fix_name": dir})) {
			t.checkStatus(a, http.StatusOK)
		}
		a, found := t.transfersOf("g")
		if !t.check(len(found) == 1, a, "/log_transfers", "the transfer is there", found) {
			return
		}
		detail := at(found[0], "log_transfer_info", "log_transfer_detail")
		t.checkEqual(a, "/log_transfers/0/log_transfer_info/log_transfer_detail/obs_prefix_name", prefix, at(detail, "obs_prefix_name"))
		t.checkEqual(a, "/log_transfers/0/log_transfer_info/log_transfer_detail/obs_dir_pre_fix_name", dir, at(detail, "obs_dir_pre_fix_name"))
	}
}

// raceTransfer lets one client transfer a stream while another deletes it, or
// its group. One of them gets its way: never both, never none.
func (t *trial) raceTransfer(deletion, inTransfer string) {
	for round := range 4 {
		name := fmt.Sprintf("g%d", round)
		group := t.group(name)
		place := ids{group: group, stream: t.stream(group, "s")}
		answers := make([]*answer, 2)
		t.clients(2, func(client int) {
			q := t.transferQuestion(place)
			if client == 1 { // the deletion is quicker, and gives more and more of a start
				time.Sleep(time.Duration(round*round) * 2 * time.Millisecond)
				q = question{operation: deletion, ids: place}
			}
			answers[client], _ = t.send(q)
		})
		created, deleted := answers[0], answers[1]
		_, found := t.transfersOf(name)
		if created.status == http.StatusCreated {
			t.refused(deleted, inTransfer)
			t.check(len(found) == 1, created, "/log_transfers", "the transfer is listed", len(found))
			t.checkStreams(group, "s", place.stream)
			continue
		}
		t.refusedWithOne(created, []string{"LTS.0201", "LTS.0208"})
		t.checkStatus(deleted, http.StatusNoContent)
		t.check(len(found) == 0, created, "/log_transfers", "nothing is transferred", len(found))
	}
}

// raceForResource lets clients create logtanks for one resource.
func raceForResource(t *trial) {
	q := question{operation: "CreateLogtank", body: object{"logtank": object{
		"resource_type": "LISTENER", "resource_id": t.prefix + "r", "log_group_id": unknownID, "log_stream_id": unknownID,
	}}}
	t.one(t.together(slices.Repeat([]question{q}, rivals)...), http.StatusCreated, "GA.9104")
}

// raceToDeleteLogtank lets clients delete one logtank. Who comes while it is
// being deleted may be told so.
func raceToDeleteLogtank(t *trial) {
	id := t.activeLogtank("r")
	t.one(t.together(slices.Repeat([]question{{operation: "DeleteLogtank", ids: ids{logtank: id}}}, rivals)...), http.StatusNoContent, "GA.9002", "GA.9005")
}

// maxFill is how many groups or streams a case creates to reach a quota.
const maxFill = 1000

// raceForGroupQuota fills a project and lets clients create groups in the last
// places.
func raceForGroupQuota(t *trial) {
	t.raceForQuota("LTS.0104",
		func(i int) question { return groupQuestion(fmt.Sprintf("%sq%d", t.prefix, i)) },
		func(a *answer) question {
			return question{operation: "DeleteLogGroup", ids: ids{group: text(a.value, "log_group_id")}}
		})
}

// raceForStreamQuota does the same with the streams of a group.
func raceForStreamQuota(t *trial) {
	group := t.group("g")
	t.raceForQuota("LTS.0206",
		func(i int) question { return streamQuestion(group, fmt.Sprintf("q%d", i)) },
		func(a *answer) question {
			return question{operation: "DeleteLogStream", ids: ids{group: group, stream: text(a.value, "log_stream_id")}}
		})
}

// raceForQuota creates until it is refused, makes some places free and lets more
// clients than there are places create at once.
func (t *trial) raceForQuota(code string, create func(i int) question, remove func(created *answer) question) {
	var filled []*answer
	for {
		q := create(len(filled))
		a, _ := t.send(q)
		if a.status != http.StatusCreated {
			t.refused(a, code)
			break
		}
		if filled = append(filled, a); len(filled) == maxFill {
			t.couldNotRun("no quota is reached with %d", maxFill)
		}
	}
	t.checkAllListed(create(0).ids, filled)
	const free = 3
	if len(filled) < free {
		t.couldNotRun("the quota leaves no %d places", free)
	}
	for round := range 2 {
		for _, a := range filled[:free] {
			t.must(remove(a), http.StatusNoContent)
		}
		questions := make([]question, rivals)
		for i := range questions {
			questions[i] = create((round+1)*maxFill + i)
		}
		answers := t.together(questions...)
		won := chosenAnswers(answers, http.StatusCreated)
		t.check(len(won) == free, answers[0], "status", fmt.Sprintf("%d of %d clients find a free place", free, rivals), statuses(answers))
		for _, a := range answers {
			if a.status != http.StatusCreated {
				t.refused(a, code)
			}
		}
		if filled = won; len(filled) < free {
			return
		}
	}
}

// checkAllListed checks that lists have everything of a full quota.
func (t *trial) checkAllListed(of ids, filled []*answer) {
	elements, member := "log_groups", "log_group_id"
	lists := []question{{operation: "ListLogGroups"}}
	if of.group != "" {
		elements, member = "log_streams", "log_stream_id"
		lists = []question{{operation: "ListLogStreams", ids: of}, {operation: "ListProjectLogStreams"}}
	}
	for _, q := range lists {
		a := t.ask(q)
		missing := slices.DeleteFunc(slices.Clone(filled), func(created *answer) bool {
			return element(list(a.value, elements), member, text(created.value, member)) != nil
		})
		t.check(len(missing) == 0, a, "/"+elements, fmt.Sprintf("all of %d are there", len(filled)), fmt.Sprintf("%d are missing", len(missing)))
	}
}
