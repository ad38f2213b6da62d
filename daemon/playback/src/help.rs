//! What `synodd fake-agent --help` says: every word, in the order people look for them.

/// The words of a script, for people.
pub const HELP: &str = "\
usage: synodd fake-agent WORDS…

An agent that plays a script: the words of its command line, in order. It costs nothing, so a policy, a gate or
a limit can be tried out with it. Give it to `synod exec --` or to an agent's `argv` in the configuration. At
the end of the script it exits with 0; with 70 if the script is wrong.

The prompt
  read-prompt                     reads standard input to its end and remembers it
  never-read                      reads nothing; says so in the script
  close-stdin                     closes standard input
  echo-prompt                     prints what it remembers, byte for byte

Output
  print TEXT, eprint TEXT         one line on standard output, standard error
  half-line TEXT                  prints without a newline
  print-raw TEXT                  prints \\n, \\r, \\t, \\e, \\0, \\\\ and \\xHH as those bytes, without a newline
  print-bytes N                   N bytes in lines of 64, newlines counted
  line-of N                       one line of N bytes and its newline
  lines N                         `line 1` to `line N`
  spam-stderr N                   N bytes on standard error, in lines of 64
  print-env NAME, print-cwd, print-pid    what it was started with
  marker                          prints the kind of line that wrappers take for an end

Time and files
  sleep MS                        sleeps
  wait-file PATH                  waits until the file exists
  touch PATH                      makes the file
  append PATH TEXT                appends a line

Ends and processes
  exit N                          ends with this code
  kill-self SIG, stop-self        is ended by a signal, stops; SIG is a name (KILL) or a number
  ignore SIG                      ignores a signal from here on; a prompt read before is forgotten
  fork-child [ SCRIPT ]           a child that holds the outputs and plays the script in brackets; not waited for
  setsid-child [ SCRIPT ]         the same in a session of its own
  double-fork-child [ SCRIPT ]    the same, but its parent ends at once
  children N [ SCRIPT ]           N children
  setsid                          makes a session of its own

Answers to a gate's prompt (JSON is a list of findings, or FILE one with such a list)
  answer JSON|FILE                an answer, receipts copied from the prompt, also for the string \"$RECEIPTS\"
  answer-without-receipts …       without them
  answer-wrong-receipts …         with wrong ones
  answer-with-noise …             with the prompt's echo, log lines, tool output and a cost summary around it
  answer-in-halves …, half-rest   its first half; its second

Later rounds of a gate: one script for all of them
  in ROUND [ SCRIPT ]             played if the prompt is of that round: first, ballot or arbitration; or if it sends
                                  an answer back (repair), or does not (fresh)
  vote JSON|FILE                  a ballot: a list of {\"claim\": PART, \"real\": \"yes\", \"answer\": …, \"same_as\": [PART]};
                                  of each finding the first counts whose PART stands in its claim
  vote-without-receipts …         without the receipts
  rule JSON|FILE                  rulings: the same with \"ruling\" and \"reason\", and each that fits is one; one with a
                                  \"finding\" and no \"claim\" is written as it is

Passing for a real CLI: the same words, printed in its way
  as TIER                         command, claude, codex, gemini, opencode or acp, from here on
  session ID, model NAME          what it calls itself
  usage IN CACHED OUT REASONING   tokens; IN counts those from the cache too
  cost USD                        what it says it cost
  says TEXT, thinks TEXT          a message, a thought
  plans TEXT                      a plan, one entry a line
  calls TOOL WHAT, returned TEXT  a tool (bash, read, edit, …) with a command line or a path; what it gave back
  retries STATUS MS               the provider said no, it tries again
  final TEXT|FILE                 the final message; an absolute path is a file that holds it
  answers JSON|FILE               a gate's answer as the final message, as `answer`
  votes …, rules …                a ballot, rulings as the final message, as `vote` and `rule`
  done                            the final line or lines of success
  fails HOW                       an HTTP status (401, 429, 500, 529, …), refusal, max-tokens, unknown-model,
                                  context, login or quota: the CLI's own failure, and its exit code at the end
  fails 429 retry-after SECONDS   the same, and when to try again
  no-final                        ends with 0 before the final line
  half-says TEXT                  half the line of `says`
  unknown-lines N                 N lines of kinds that do not exist

Only after `as acp`: it is spoken to over standard input. Words after it wait for a prompt and play the turn;
after `done`, `fails` or `error` the following ones wait for the next prompt
  asks KIND WHAT [PATH]           asks to be allowed something and waits; KIND is read, edit, execute, …;
                                  a PATH is known by its slash
  if-allowed [ SCRIPT ]           played if that was allowed
  if-rejected [ SCRIPT ]          played if it was not
  error CODE MESSAGE              ends the turn with an error
  stray TEXT                      a line that is no JSON
  These stand before the first word of a turn:
  log PATH                        appends every line it receives to a file
  remembers TEXT                  an earlier answer, told again when a session is loaded
  modes A,B                       the session modes it offers, the one it begins in first; none: it has none
  refuses METHOD CODE MESSAGE     answers this method with an error
  ask-twice                       sends every request for permission two times
  ignore-cancel, never-end-turn, stay-after-eof
";
