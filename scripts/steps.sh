# shellcheck shell=bash
# Sourced by the scripts that work in steps: `steps 3` says how many come, `step "Doing this"` starts
# the next one.

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    step_bold=$'\e[1m' step_plain=$'\e[0m'
else
    step_bold='' step_plain=''
fi
step_count=0
step_total=0

steps() { step_total=$1; }

step() {
    step_count=$((step_count + 1))
    printf '%s[%d/%d] %s%s\n' "$step_bold" "$step_count" "$step_total" "$*" "$step_plain"
}
