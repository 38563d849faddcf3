#!/usr/bin/env bash
# Run gates one after the other, all of them even when one fails, and say at the end how long each took.
#
#   scripts/gates.sh GATE...    lint types contracts dependencies quick slow
#
# Environment: VENV (default .venv) · WORKERS (default 2) test processes.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

bin=${VENV:-.venv}/bin
workers=${WORKERS:-2}
summary=""
failed=0

phase() { # phase NAME COMMAND...: run it, time it, remember how it ended
    local name=$1 started=$SECONDS verdict=ok
    shift
    printf '\n== %s\n' "$name"
    "$@" || { verdict=FAILED; failed=1; }
    summary+=$(printf '%-34s %5d s  %s' "$name" $((SECONDS - started)) "$verdict")$'\n'
}

types() { # over whichever of these folders the tree has
    local folder present=()
    for folder in o2c_ai tests benchmarks training; do
        if [ -d "$folder" ]; then present+=("$folder"); fi
    done
    "$bin/mypy" "${present[@]}"
}

# Neighbouring tests stay in one process, so that what they share is made once; who is done first takes some over.
quick() { "$bin/pytest" -n "$workers" --dist worksteal --cov --cov-report= --durations=10; }

slow() {
    if ! grep -rq --include='*.py' 'mark\.slow' tests; then
        echo "no test is marked slow"
        return
    fi
    # Tests of one xdist_group run in one process: what they share takes minutes to make.
    HYPOTHESIS_PROFILE=check "$bin/pytest" -n "$workers" --dist loadgroup -m slow --timeout=900 --durations=10
}

covered() { # covered PERCENT GLOB: at least so much of the branches of these files was run by the quick tests
    "$bin/coverage" report --fail-under="$1" --include="$2"
}

for gate in "$@"; do
    case $gate in
        lint)
            phase "lint: ruff check" "$bin/ruff" check .
            phase "lint: ruff format" "$bin/ruff" format --check .
            ;;
        types) phase "types: mypy --strict" types ;;
        contracts) phase "contracts: imports" "$bin/lint-imports" --no-logo ;;
        dependencies) phase "dependencies: deptry" "$bin/deptry" . ;;
        quick)
            phase "tests: quick form" quick
            phase "coverage: core, 95 %" covered 95 "o2c_ai/core/*"
            phase "coverage: everything, 85 %" covered 85 "o2c_ai/*"
            ;;
        slow) phase "tests: slow form" slow ;;
        *) echo "no gate is called $gate" >&2; exit 2 ;;
    esac
done

printf '\n%s' "$summary"
printf '%-34s %5d s\n' "in all" "$SECONDS"
exit "$failed"
