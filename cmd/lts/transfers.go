package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/lts"
)

func newTransfers(s *session) *cobra.Command {
	return newNoun("transfers", "List, create, change and delete transfers of records to buckets",
		newTransfersList(s), newTransfersShow(s), newTransfersCreate(s), newTransfersUpdate(s), newTransfersDelete(s))
}

var transferTitles = []string{"STREAMS", "BUCKET", "FORMAT", "PERIOD", "STATUS", "ID"}

// A transferView is how a transfer is shown.
type transferView struct {
	ID        string       `json:"id"`
	GroupID   string       `json:"group_id"`
	GroupName string       `json:"group_name"`
	Streams   []streamName `json:"streams"`
	Bucket    string       `json:"bucket"`
	Format    string       `json:"format"`
	Period    string       `json:"period"` // such as "30min"
	Prefix    string       `json:"prefix,omitempty"`
	Dir       string       `json:"dir,omitempty"`
	Status    string       `json:"status"`
	CreatedAt time.Time    `json:"created_at,omitzero"`
}

// A streamName names a stream that a transfer reads.
type streamName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func viewTransfer(t lts.Transfer) transferView {
	streams := make([]streamName, len(t.Streams))
	for i, stream := range t.Streams {
		streams[i] = streamName{stream.ID, stream.Name}
	}
	return transferView{
		t.ID, t.GroupID, t.GroupName, streams, t.Bucket, string(t.Format), period(t.Period).String(), t.Prefix, t.Dir, string(t.Status()), t.CreatedAt,
	}
}

func (v transferView) id() string { return v.ID }

func (v transferView) cells() []string {
	paths := make([]string, len(v.Streams))
	for i, stream := range v.Streams {
		paths[i] = v.GroupName + "/" + stream.Name
	}
	return []string{strings.Join(paths, " "), v.Bucket, v.Format, v.Period, v.Status, v.ID}
}

// A period is a flag such as 30min or 2hour.
type period lts.TransferPeriod

// String implements [pflag.Value].
func (p period) String() string {
	if p.Length == 0 {
		return ""
	}
	return strconv.Itoa(p.Length) + p.Unit
}

// Type implements [pflag.Value].
func (period) Type() string { return "period" }

// Set implements [pflag.Value]. Which periods there are the service knows.
func (p *period) Set(value string) error {
	unit := strings.TrimLeft(value, "0123456789")
	length, err := strconv.Atoi(strings.TrimSuffix(value, unit))
	if err != nil || unit != "min" && unit != "hour" {
		return fmt.Errorf("%q is not a period such as 5min or 1hour", value)
	}
	p.Length, p.Unit = length, unit
	return nil
}

// transferFlags are the flags that say what a transfer does.
type transferFlags struct {
	bucket, format, prefix, dir string
	period                      period
}

func (f *transferFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.bucket, "bucket", "", "`name` of the bucket that it writes to")
	flags.Var(&choice{&f.format, []string{string(lts.FormatRAW), string(lts.FormatJSON)}}, "format", "`form` of the objects: RAW (the lines), JSON (with time and labels)")
	flags.Var(&f.period, "period", "time between two objects: 2min, 5min, 30min, 1hour, 3hour, 6hour, 12hour")
	flags.StringVar(&f.prefix, "prefix", "", "`start` of the names of the objects")
	flags.StringVar(&f.dir, "dir", "", "`path` in the bucket under which they are")
}

func newTransfersList(s *session) *cobra.Command {
	var filter lts.TransferFilter
	cmd := lists(s, &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Args: cobra.NoArgs,
		Short:   "List the transfers of the project",
		Example: "  lts transfers list\n  lts transfers list --group web",
	}, transferTitles, "lts transfers create GROUP/STREAM --bucket NAME", func(cmd *cobra.Command, c *client.Client, _ []string) (views []transferView, err error) {
		for transfer, err := range c.Transfers.All(cmd.Context(), filter) {
			if err != nil {
				return nil, err
			}
			views = append(views, viewTransfer(transfer))
		}
		return views, nil
	})
	cmd.Flags().StringVar(&filter.GroupName, "group", "", "only those of the group of this `name`")
	cmd.Flags().StringVar(&filter.StreamName, "stream", "", "only those that read a stream of this `name`")
	_ = cmd.RegisterFlagCompletionFunc("group", s.completeArgs(0, listGroupNames)) // fails for unknown flags only
	return cmd
}

// findTransfer finds a transfer by its ID, which is all that it is called.
func findTransfer(ctx context.Context, c *client.Client, id string) (lts.Transfer, error) {
	var ids []string
	for transfer, err := range c.Transfers.All(ctx, lts.TransferFilter{}) {
		if err != nil {
			return lts.Transfer{}, err
		}
		if transfer.ID == id {
			return transfer, nil
		}
		ids = append(ids, transfer.ID)
	}
	return lts.Transfer{}, unknownName("transfer", id, ids, "lts transfers list")
}

func listTransferIDs(ctx context.Context, c *client.Client, _ string) ([]string, error) {
	var ids []string
	for transfer, err := range c.Transfers.All(ctx, lts.TransferFilter{}) {
		if err != nil {
			return nil, err
		}
		ids = append(ids, cobra.CompletionWithDesc(transfer.ID, viewTransfer(transfer).cells()[0]+" to "+transfer.Bucket))
	}
	return ids, nil
}

func newTransfersShow(s *session) *cobra.Command {
	return shows(s, &cobra.Command{
		Use: "show ID", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listTransferIDs),
		Short: "Show a transfer",
	}, transferTitles, func(cmd *cobra.Command, c *client.Client, args []string) (transferView, error) {
		transfer, err := findTransfer(cmd.Context(), c, args[0])
		return viewTransfer(transfer), err
	})
}

func newTransfersCreate(s *session) *cobra.Command {
	var disabled bool
	f := transferFlags{format: string(lts.FormatRAW), period: period{Length: 1, Unit: "hour"}}
	cmd := shows(s, &cobra.Command{
		Use: "create GROUP/STREAM...", Args: takes(1, 0), ValidArgsFunction: s.completeArgs(0, listStreamPaths),
		Short:   "Create a transfer of the records that come from now on",
		Long:    "Create a transfer: every period the new records of the streams, all of one group, become objects\nin a bucket.",
		Example: "  lts transfers create web/access --bucket lts-test --period 5min\n  lts transfers create web/access web/error --bucket lts-test --format JSON",
	}, transferTitles, func(cmd *cobra.Command, c *client.Client, args []string) (transferView, error) {
		transfer, err := createTransfer(cmd.Context(), c, args, lts.TransferSpec{
			Bucket: f.bucket, Format: lts.TransferFormat(f.format), Period: lts.TransferPeriod(f.period),
			Prefix: f.prefix, Dir: f.dir, Disabled: disabled,
		})
		return viewTransfer(transfer), err
	})
	f.add(cmd.Flags())
	cmd.Flags().BoolVar(&disabled, "disabled", false, "begin switched off")
	_ = cmd.MarkFlagRequired("bucket") // fails for unknown flags only
	return cmd
}

// createTransfer creates a transfer of streams, each GROUP/STREAM.
func createTransfer(ctx context.Context, c *client.Client, paths []string, spec lts.TransferSpec) (lts.Transfer, error) {
	var places []place
	for _, path := range paths {
		p, err := findStream(ctx, c, path)
		if err != nil {
			return lts.Transfer{}, err
		}
		if places = append(places, p); p.group.ID != places[0].group.ID {
			return lts.Transfer{}, errors.New("the streams of a transfer are all of one group")
		}
		spec.StreamIDs = append(spec.StreamIDs, p.stream.ID)
	}
	spec.GroupID = places[0].group.ID
	transfer, err := c.Transfers.Create(ctx, spec)
	if err != nil {
		return lts.Transfer{}, err
	}
	if listed, err := findTransfer(ctx, c, transfer.ID); err == nil { // the answer has less than the list
		return listed, nil
	}
	transfer.GroupName = places[0].group.Name
	for i, p := range places {
		transfer.Streams[i].Name = p.stream.Name
	}
	return transfer, nil
}

func newTransfersUpdate(s *session) *cobra.Command {
	var f transferFlags
	var enable, disable bool
	cmd := shows(s, &cobra.Command{
		Use: "update ID", Args: takes(1, 1), ValidArgsFunction: s.completeArgs(1, listTransferIDs),
		Short:   "Change a transfer, switch it off or on",
		Example: "  lts transfers update ID --period 30min\n  lts transfers update ID --disable",
	}, transferTitles, func(cmd *cobra.Command, c *client.Client, args []string) (transferView, error) {
		transfer, err := c.Transfers.Update(cmd.Context(), args[0], f.change(cmd.Flags(), enable, disable))
		return viewTransfer(transfer), err
	})
	f.add(cmd.Flags())
	cmd.Flags().BoolVar(&enable, "enable", false, "switch it on")
	cmd.Flags().BoolVar(&disable, "disable", false, "switch it off")
	cmd.MarkFlagsMutuallyExclusive("enable", "disable")
	cmd.MarkFlagsOneRequired("bucket", "format", "period", "prefix", "dir", "enable", "disable")
	return cmd
}

// change is what the flags that were given change.
func (f *transferFlags) change(flags *pflag.FlagSet, enable, disable bool) lts.TransferChange {
	var change lts.TransferChange
	if flags.Changed("bucket") {
		change.Bucket = &f.bucket
	}
	if flags.Changed("format") {
		format := lts.TransferFormat(f.format)
		change.Format = &format
	}
	if flags.Changed("period") {
		change.PeriodLength, change.PeriodUnit = &f.period.Length, &f.period.Unit
	}
	if flags.Changed("prefix") {
		change.Prefix = &f.prefix
	}
	if flags.Changed("dir") {
		change.Dir = &f.dir
	}
	if enable || disable {
		change.Enabled = &enable
	}
	return change
}

func newTransfersDelete(s *session) *cobra.Command {
	return deletes(s, &cobra.Command{
		Use: "delete ID...", ValidArgsFunction: s.completeArgs(0, listTransferIDs),
		Short: "Delete transfers; what they have written stays",
		Long:  "Delete transfers. What they have written stays. It asks first when there are several.",
	}, func(ctx context.Context, c *client.Client, id string) (doomed, error) {
		transfer, err := findTransfer(ctx, c, id)
		if err != nil {
			return doomed{}, err
		}
		what := fmt.Sprintf("transfer %s of %s to %s", id, viewTransfer(transfer).cells()[0], transfer.Bucket)
		return doomed{what: what, things: 1, delete: func() error {
			_, err := c.Transfers.Delete(ctx, id)
			return err
		}}, nil
	})
}
