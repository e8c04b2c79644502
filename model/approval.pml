/*
 * The approval protocol, from click to changed tenant. What is modelled, what is left out and which function of the code
 * each part stands for: README.md beside this file. `-DBUG_…` breaks one rule on purpose; scripts/model.ts lists them.
 *
 * Every transaction of the real system is one atomic step here, or two (lock and decide; commit) where a stale snapshot
 * could matter. Ghost variables (g…) are never read by the protocol, only by the properties.
 */

/* ---- configuration ---- */
#ifndef OWNER
#define OWNER 0 /* human behind the fourth account: 0 the requester, 1 an approver */
#endif
#ifndef REVOKED
#define REVOKED 1 /* account whose right comes and goes */
#endif
#ifndef FAULTS
#define FAULTS 2 /* crashes of a worker and lost heartbeats, together */
#endif
#ifndef FAILURES
#define FAILURES 1 /* times the tenant refuses a step, or its answer is lost */
#endif
#ifndef VERSIONS
#define VERSIONS 2 /* versions of the content: one edit */
#endif

/* ---- the request row ---- */
#define PENDING 0
#define APPROVED 1
#define APPLIED 2
#define FAILED 3
#define DENIED 4
#define WITHDRAWN 5
#define EXPIRED 6
#define UNDOING 7
#define UNDONE 8

#define WAITING 0
#define RUNNING 1
#define DONE 2

typedef Row {
  byte st;
  byte ver;      /* version of the content; stands for the plan digest */
  byte book;     /* approvals: one bit per (version on the card, account) */
  bit annulled;  /* account REVOKED was not eligible when a run began */
  byte fence;
  byte step[2];
  bit touched;   /* some step was begun at some time: there may be a write */
  byte back      /* steps of the undoing that are proven: first what effect[1] stands for (rights), then effect[0] */
};
Row row;
bit locked;        /* the row lock */
byte jobs;         /* run-plan jobs waiting */
byte later;        /* run-plan jobs to be tried again after a delay */
bit busy[2];       /* this worker is between fetching a job and leaving it */
bit claim[2];      /* this worker's attempt at its job is the current one */

/* ---- the world ---- */
bit right = 1;     /* account REVOKED is an approver now */
byte turns;        /* times that right changed */
bit late;          /* the database clock is past the expiry */
bit calm;          /* nobody clicks, nothing breaks any more */
byte faults, failures, retries;
byte effect[2];    /* what the tenant holds of each step, counted */

/* ---- ghosts ---- */
byte gTruth;       /* approvals committed, with the version the person saw */
bit gDenied;       /* a denial was committed before the first write */
bit gOwn[2];       /* this worker took the newest lease and it was not ended */
bit gGivenUp;      /* a person or the expiry gave it up half-way */
bit gLooked[2];    /* whoever takes back has looked for this effect */
bit gStray;        /* a write begun before landed after that look: the one that a tenant without fences allows */
byte gFence[2];    /* number of the lease this worker took; 0 without one */
bit gBack[2];      /* it took it to take back */
bit gSeen[2];      /* account REVOKED was eligible at some instant since this worker took its lease */

/* ---- counting ---- */
#define HUMAN(a) ((a) == 3 -> OWNER : (a))
#define BIT(v, a) (1 << ((v) * 4 + (a)))
#define HAS(b, v, a) (((b) & BIT(v, a)) != 0)
#define MAY(a, el) ((a) != REVOKED || (el))
#define VOTE(b, v, a, el) (HAS(b, v, a) && MAY(a, el))
/* The rule as the threat model has it; the properties use it, whatever the protocol does. */
#define BY(b, v, h, el) (VOTE(b, v, h, el) || (OWNER == h && HAS(b, v, 3)))
#define QUORUM(b, v, el) (BY(b, v, 1, el) && BY(b, v, 2, el))
/* tally(): the rule as the protocol applies it. */
#if defined(BUG_COUNT_ACCOUNTS)
#define TALLY(b, v, el) (VOTE(b, v, 1, el) + VOTE(b, v, 2, el) + (OWNER != 0 && HAS(b, v, 3)) >= 2)
#elif defined(BUG_REQUESTER_SECOND_ACCOUNT)
#define TALLY(b, v, el) (VOTE(b, v, 1, el) + VOTE(b, v, 2, el) + HAS(b, v, 3) >= 2)
#elif defined(BUG_REQUESTER_COUNTS) || defined(BUG_REPEATED_CLICK_COUNTS)
#define TALLY(b, v, el) (VOTE(b, v, 0, el) + VOTE(b, v, 1, el) + VOTE(b, v, 2, el) >= 2)
#elif defined(BUG_DIGEST_NOT_COMPARED)
#define TALLY(b, v, el) (QUORUM((b) | ((b) >> 4), 0, el))
#elif defined(BUG_QUORUM_OF_ONE)
#define TALLY(b, v, el) (BY(b, v, 1, el) || BY(b, v, 2, el))
#else
#define TALLY(b, v, el) QUORUM(b, v, el)
#endif

/* decider(): neither the requester's person nor, by the unique key, a human who decided before. */
#if defined(BUG_REQUESTER_SECOND_ACCOUNT)
#define DECIDER(a) ((a) != 0)
#elif defined(BUG_REQUESTER_COUNTS)
#define DECIDER(a) (1)
#else
#define DECIDER(a) (HUMAN(a) != 0)
#endif
#if defined(BUG_COUNT_ACCOUNTS)
#define DECIDED(b, v, a) HAS(b, v, a)
#elif defined(BUG_REPEATED_CLICK_COUNTS)
#define DECIDED(b, v, a) HAS(b, v, 0)
#else
#define DECIDED(b, v, a) (HAS(b, v, a) || (HUMAN(a) == OWNER && (HAS(b, v, OWNER) || HAS(b, v, 3))))
#endif

#define CLOSED(s) ((s) == APPLIED || (s) == DENIED || (s) == WITHDRAWN || (s) == EXPIRED || (s) == UNDONE)

/*
 * What a transaction must wait for, and whether its snapshot may be saved. The lock makes a transaction one step for everybody else, so
 * it is one here too, unless SPLIT shows its two halves (which those without a lock need).
 */
#if defined(BUG_NO_ROW_LOCK) || defined(REVISION_ONLY)
#define SPLIT
#endif
#if defined(BUG_NO_ROW_LOCK) || defined(REVISION_ONLY) || !defined(SPLIT)
#define FREE (1)
#define HOLD skip
#define RELEASE skip
#else
#define FREE (!locked)
#define HOLD locked = 1
#define RELEASE locked = 0
#endif
#if defined(REVISION_ONLY)
#define UNCHANGED (row.st == was.st && row.ver == was.ver && row.book == was.book && row.annulled == was.annulled && row.fence == was.fence && row.step[0] == was.step[0] && row.step[1] == was.step[1] && row.touched == was.touched && row.back == was.back)
#define BLANK blank(next); blank(was); what = NOTHING; who = 0; card = 0
#define SNAPSHOT copy(next, row); copy(was, row)
#else
#define UNCHANGED (1)
#define BLANK blank(next); what = NOTHING; who = 0; card = 0
#define SNAPSHOT copy(next, row)
#endif

inline copy(to, from) {
  to.st = from.st; to.ver = from.ver; to.book = from.book; to.annulled = from.annulled; to.fence = from.fence;
  to.step[0] = from.step[0]; to.step[1] = from.step[1]; to.touched = from.touched; to.back = from.back
}
inline blank(r) {
  r.st = 0; r.ver = 0; r.book = 0; r.annulled = 0; r.fence = 0; r.step[0] = 0; r.step[1] = 0; r.touched = 0; r.back = 0
}

/* approve(): the state as of now, and the digest. */
#if defined(BUG_WITHDRAWN_REVIVED)
#define OPEN_FOR_APPROVAL ((row.st == PENDING || row.st == WITHDRAWN) && !late)
#elif defined(BUG_EXPIRED_REVIVED)
#define OPEN_FOR_APPROVAL (row.st == EXPIRED || (row.st == PENDING && !late))
#elif defined(BUG_EXPIRY_BY_TIMER_ONLY)
#define OPEN_FOR_APPROVAL (row.st == PENDING)
#else
#define OPEN_FOR_APPROVAL (row.st == PENDING && !late)
#endif
#if defined(BUG_DIGEST_NOT_COMPARED)
#define SAME_DIGEST(card) (1)
#else
#define SAME_DIGEST(card) ((card) == row.ver)
#endif
#if defined(BUG_EDIT_AFTER_QUORUM)
#define OPEN_FOR_EDIT ((row.st == PENDING || row.st == APPROVED) && !late && row.ver + 1 < VERSIONS)
#else
#define OPEN_FOR_EDIT (row.st == PENDING && !late && row.ver + 1 < VERSIONS)
#endif
/* beginRun() and the first begin-step: nothing expired is started. */
#if defined(BUG_EXPIRY_BY_TIMER_ONLY)
#define TOO_LATE_TO_BEGIN (0)
#else
#define TOO_LATE_TO_BEGIN (late && !row.touched)
#endif
#if defined(BUG_EXPIRY_JUDGED_AT_BEGIN_RUN_ONLY)
#define TOO_LATE_TO_STEP (0)
#else
#define TOO_LATE_TO_STEP TOO_LATE_TO_BEGIN
#endif
#if defined(BUG_NO_LOOK_BEFORE_ACT)
#define TO_BE_DONE (effect[k] < 2)
#else
#define TO_BE_DONE (effect[k] == 0)
#endif
#if !defined(UNDO)
#define GIVEN_UP_HALF_WAY (0)
#define GIVEN_UP (row.st == FAILED) /* what was done stays */
#elif defined(BUG_GIVEN_UP_WHILE_IT_RUNS)
#define GIVEN_UP (row.st == FAILED && !row.touched)
#define GIVEN_UP_HALF_WAY ((row.st == FAILED || row.st == APPROVED) && row.touched)
#else
#define GIVEN_UP (row.st == FAILED && !row.touched)
#define GIVEN_UP_HALF_WAY (row.st == FAILED && row.touched)
#endif
#if defined(BUG_UNDOING_TRIED_AGAIN)
#define OPEN_FOR_RETRY (row.st == FAILED || row.st == UNDOING)
#else
#define OPEN_FOR_RETRY (row.st == FAILED)
#endif
/* withdraw-keys, remove-role, delete-user: what the tenant shows is taken back, not what the record says was done. */
#if defined(BUG_UNDO_BELIEVES_THE_RECORD)
#define TO_BE_TAKEN_BACK (effect[k] > 0 && row.step[k] == DONE)
#else
#define TO_BE_TAKEN_BACK (effect[k] > 0)
#endif
#define OPEN_FOR_DENIAL(r) (r.st == PENDING || (r.st == APPROVED && !r.touched))

/* ---- a replica of the bot: clicks, each delivered any number of times, to either replica ---- */
#define NOTHING 0
#define APPROVE 1
#define DENY 2
#define OTHER 3

active [2] proctype Replica() {
  Row next;
#ifdef REVISION_ONLY
  Row was;
#endif
  byte what, who, card;
  bit owes;
end:
  do
  :: atomic { !calm && FREE ->
       SNAPSHOT;
       if
       :: true -> /* approve(): any account that is an approver now, with any card it ever saw */
          if :: who = 0 :: right || REVOKED != 1 -> who = 1 :: right || REVOKED != 2 -> who = 2 :: who = 3 fi;
          if :: card = row.ver :: row.ver == 1 -> card = 0 fi;
          if
          :: DECIDER(who) && !DECIDED(row.book, card, who) && SAME_DIGEST(card) && OPEN_FOR_APPROVAL -> what = APPROVE; next.book = next.book | BIT(card, who);
#if defined(BUG_REPEATED_CLICK_COUNTS)
             if :: HAS(row.book, card, who) -> next.book = next.book | BIT(card, 0) :: else fi; /* one more row of the same person */
#endif
             if
             :: TALLY(next.book, next.ver, !next.annulled) -> next.st = APPROVED; owes = 1
             :: else -> next.st = PENDING
             fi
          :: else
          fi
       :: true -> /* deny() */
          if :: right || REVOKED != 1 -> who = 1 :: right || REVOKED != 2 -> who = 2 :: who = 3 fi;
          if
          :: HUMAN(who) != 0 && OPEN_FOR_DENIAL(row) && !(late && row.st == PENDING) ->
             what = DENY; card = row.ver;
#if defined(BUG_DENIAL_AFTER_QUORUM_IGNORED)
             if :: row.st == PENDING -> next.st = DENIED :: else fi
#else
             next.st = DENIED
#endif
          :: else
          fi
       :: true -> /* withdraw() */
          if
          :: (row.st == PENDING && !late) || (row.st == APPROVED && !row.touched) || GIVEN_UP -> what = OTHER; next.st = WITHDRAWN
          :: GIVEN_UP_HALF_WAY -> what = OTHER; next.st = UNDOING; next.back = 0; owes = 1 /* also by the timer, when the approvals are too old */
          :: else
          fi
       :: true -> /* edit: a new version, decided on from the beginning */
          if
          :: OPEN_FOR_EDIT -> what = OTHER; next.ver = row.ver + 1; next.annulled = 0;
#if defined(BUG_EDIT_KEEPS_APPROVALS)
             next.book = next.book | (next.book << 4);
#endif
          :: else
          fi
       :: true -> /* expire(): the timer rings */
          if :: row.st == PENDING && late -> what = OTHER; next.st = EXPIRED :: else fi
       :: true -> /* retry() */
          if
          :: OPEN_FOR_RETRY && retries == 0 -> what = OTHER; retries = 1; next.st = APPROVED; owes = 1;
#if defined(BUG_RETRY_FORGETS_THE_START)
             if :: next.step[0] != DONE -> next.touched = 0 :: else fi; next.step[1] = WAITING
#endif
          :: else
          fi
       fi;
       if
       :: what == NOTHING -> BLANK
       :: else -> HOLD
       fi
#if defined(SPLIT)
     }
     /* Between the lock and the commit. */
     atomic {
#endif
       if
       :: what == NOTHING
       :: what != NOTHING && UNCHANGED ->
          assert(!CLOSED(row.st) || next.st == row.st); /* closed stays closed: AP-7, AP-11 */
          assert(row.st == next.st || (next.st != EXPIRED && next.st != DENIED) || effect[0] + effect[1] == 0); /* AP-6, AP-7 */
          copy(row, next);
          if
          :: what == APPROVE -> gTruth = gTruth | BIT(card, who)
          :: what == DENY -> gDenied = gDenied || effect[0] + effect[1] == 0
          :: what == OTHER && row.st == UNDOING -> gGivenUp = 1
          :: else
          fi;
#if !defined(BUG_ENQUEUE_AFTER_COMMIT)
          jobs = jobs + owes; owes = 0; /* the outbox: in the same transaction */
#endif
          RELEASE;
          BLANK
#if defined(SPLIT)
       :: what != NOTHING -> RELEASE; owes = 0; BLANK /* rolled back: a crash, or the revision was another */
#endif
       fi
     }
#if defined(BUG_ENQUEUE_AFTER_COMMIT)
     if
     :: atomic { owes -> jobs++; owes = 0 }
     :: atomic { owes && faults < FAULTS -> faults++; owes = 0 } /* crash between commit and enqueue */
     :: !owes
     fi
#endif
  od
}

/* ---- a worker: runPlan(), on a job that is delivered at least once ---- */
#define UNDER_WAY (row.st == APPROVED || row.st == UNDOING)
#define NEWEST (UNDER_WAY && row.fence == fence)
#if defined(BUG_STALE_FENCE_ACCEPTED)
#define HELD UNDER_WAY
#else
#define HELD NEWEST
#endif
/* Closed or pending again: nothing to do. Another run has the lease: that run may be nobody's job, so this job is tried again. */
#if defined(BUG_LEASE_LOST_ENDS_THE_JOB)
#define LEASE_LOST goto done
#else
#define LEASE_LOST if :: UNDER_WAY -> goto again :: else -> goto done fi
#endif
/* Memory is forgotten. Where no run is left that holds a number, the numbering begins again: only equality is ever asked for. */
#define LEAVE fence = 0; plan = 0; eligible = 0; k = 0; gOwn[me] = 0; gSeen[me] = 0; gFence[me] = 0; gBack[me] = 0; busy[me] = 0; \
  if :: busy[1 - me] :: else -> row.fence = 0 fi
/* What only the holder of the newest lease records, and only in the direction it took the lease for (AP-9). */
#define RIGHTLY assert(gOwn[me]); assert(row.st == (gBack[me] -> UNDOING : APPROVED)); \
  assert(!(busy[1 - me] && gFence[1 - me] == gFence[me] && gBack[1 - me] != gBack[me]))
#define CRASH :: atomic { faults < FAULTS && !calm -> faults++; goto crash }

active [2] proctype Worker() {
  byte fence, plan; /* the version whose plan this run carries out */
  bit eligible, k;
  byte me = _pid % 2;
end:
  atomic { jobs > 0 && (me == 0 || busy[0]) -> jobs--; claim[me] = 1; busy[me] = 1 /* both free: they are alike, so the first takes it */
#if defined(BUG_JOB_DONE_WHEN_FETCHED)
    ; claim[me] = 0
#endif
#if defined(BUG_ELIGIBLE_READ_BEFORE_LEASE)
    ; eligible = right
#endif
  }
  /* begin-run: take the lease */
  if
  :: atomic { FREE && UNDER_WAY ->
#if defined(BUG_UNDO_WITHOUT_A_FENCE)
       if :: row.st == APPROVED || row.fence == 0 -> row.fence++ :: else fi;
#elif !defined(BUG_NO_FENCE)
       row.fence++;
#endif
       fence = row.fence; gOwn[me] = 1; gOwn[1 - me] = 0; gFence[me] = fence; gBack[me] = (row.st == UNDOING);
       if
       :: row.st == UNDOING -> goto undo /* taking back needs no quorum: it is part of what was approved */
       :: else -> gSeen[me] = right
       fi }
  :: atomic { FREE && !UNDER_WAY -> goto done }
  CRASH
  fi;
  /* who may approve now, read under the lease */
  if
  :: atomic { true ->
#if defined(BUG_ELIGIBILITY_NOT_READ_AGAIN)
       eligible = 1
#elif defined(BUG_ELIGIBLE_READ_BEFORE_LEASE)
       skip
#else
       eligible = right
#endif
     }
  CRASH
  fi;
  /* begin-run: judged */
  if
  :: atomic { FREE ->
       if
       :: !HELD -> LEASE_LOST
       :: HELD && TOO_LATE_TO_BEGIN -> row.st = EXPIRED; gOwn[me] = 0; assert(effect[0] + effect[1] == 0); goto done
       :: HELD && !TOO_LATE_TO_BEGIN ->
          if
          :: TALLY(row.book, row.ver, eligible && !row.annulled) -> plan = row.ver; eligible = 0
          :: else ->
             if
             :: !row.touched -> row.st = PENDING; row.annulled = 1
             :: else -> row.st = FAILED
             fi;
#if defined(BUG_LEASE_REVIVED)
             row.fence--;
#endif
             gOwn[0] = 0; gOwn[1] = 0;
             goto done
          fi
       fi
     }
  CRASH
  fi;
  do
  :: /* begin-step */
     if
     :: atomic { FREE ->
          k = (row.step[0] == DONE);
          if
          :: !HELD -> LEASE_LOST
          :: HELD && row.step[1] == DONE -> k = 0; break
          :: HELD && row.step[1] != DONE && TOO_LATE_TO_STEP -> row.st = EXPIRED; gOwn[me] = 0; goto done
          :: HELD && row.step[1] != DONE && !TOO_LATE_TO_STEP ->
             RIGHTLY;
             assert(!gGivenUp); /* GR-5: what was given up is never carried out again */
             assert(row.touched || !late); /* AP-7 */
             row.step[k] = RUNNING; row.touched = 1
          fi
        }
     CRASH
     fi;
     /* the tenant: look, act; a unique name and an idempotent assignment settle a race */
     if
     :: atomic { true ->
          if
          :: TO_BE_DONE ->
             assert(QUORUM(gTruth, plan, 1)); /* AP-1, AP-2 */
             assert(plan == row.ver); /* AP-3 */
             assert(QUORUM(gTruth, plan, gSeen[me])); /* AP-4 */
             assert(!gDenied); /* AP-6 */
             if
             :: gGivenUp -> assert(!gOwn[me]); gStray = gStray || gLooked[k] /* under way since before: one such write, and no more */
             :: else
             fi;
             effect[k]++;
             assert(effect[k] == 1) /* AP-8, at most once */
          :: else
          fi;
          /* Done and read back, or done and the answer lost for good. */
          if :: skip :: failures < FAILURES && !calm -> failures++; goto fail fi
        }
     :: atomic { failures < FAILURES && !calm -> failures++; goto fail } /* refused */
     CRASH
     fi;
     /* finish-step */
     if
     :: atomic { FREE ->
          if
          :: HELD -> RIGHTLY; row.step[k] = DONE; k = 0
          :: else -> LEASE_LOST
          fi }
     CRASH
     fi
  od;
  /* finish-run */
  if
  :: atomic { FREE ->
       if
       :: HELD -> RIGHTLY; assert(effect[0] == 1 && effect[1] == 1); row.st = APPLIED
       :: else -> LEASE_LOST
       fi }
  CRASH
  fi;
  goto done;
undo: /* the plan's own undo, from wherever an earlier run of it stopped */
  do
  :: /* begin-step */
     if
     :: atomic { FREE ->
          if
          :: !HELD -> LEASE_LOST
          :: HELD && row.back == 2 -> k = 0; break
          :: HELD && row.back != 2 -> RIGHTLY; k = 1 - row.back
          fi }
     CRASH
     fi;
     /* the tenant: look, take back, look again; a failure only says so, and the job comes back */
     if
     :: atomic { true ->
          gLooked[k] = 1;
          if
          :: TO_BE_TAKEN_BACK -> assert(gGivenUp); assert(k == 1 || effect[1] == 0 || gStray); effect[k] = 0 /* GR-5: rights first */
          :: else
          fi;
          if :: skip :: failures < FAILURES && !calm -> failures++; goto again fi
        }
     :: atomic { failures < FAILURES && !calm -> failures++; goto again }
     CRASH
     fi;
     /* finish-step */
     if
     :: atomic { FREE ->
          if
          :: HELD -> RIGHTLY; row.back = 2 - k; k = 0
          :: else -> LEASE_LOST
          fi }
     CRASH
     fi
  od;
  if
  :: atomic { FREE ->
       if
       :: HELD -> RIGHTLY; row.st = UNDONE; gOwn[me] = 0
       :: else -> LEASE_LOST
       fi }
  CRASH
  fi;
  goto done;
fail: /* fail-run */
  if
  :: atomic { FREE ->
       if
       :: HELD -> RIGHTLY; row.st = FAILED; row.step[k] = WAITING; gOwn[me] = 0
       :: else -> LEASE_LOST
       fi }
  CRASH
  fi;
done: /* the job is completed, by the attempt that holds it only */
  if
  :: atomic { true ->
#if defined(BUG_JOB_COMPLETED_BY_A_STALE_ATTEMPT)
       if
       :: claim[me] -> claim[me] = 0
       :: !claim[me] && claim[1 - me] -> claim[1 - me] = 0
       :: !claim[me] && !claim[1 - me] && jobs > 0 -> jobs--
       :: else
       fi;
#endif
       claim[me] = 0; LEAVE; goto end }
  CRASH
  fi;
again: /* the attempt failed: tried again after a delay, if it was the current one */
  if
  :: atomic { true ->
       later = later + claim[me]; claim[me] = 0; LEAVE; goto end }
  CRASH
  fi;
crash: /* everything in memory is gone; the queue delivers the job again */
  atomic { jobs = jobs + claim[me]; claim[me] = 0; LEAVE; goto end }
}

/* ---- the world ---- */
active proctype World() {
end:
  do
  :: atomic { !calm && !late && !row.touched && !CLOSED(row.st) && row.st != UNDOING -> late = 1 } /* otherwise nothing reads it */
  :: atomic { !calm && right && turns == 0 && !CLOSED(row.st) && row.st != UNDOING -> right = 0; turns = 1 }
  :: atomic { !calm && !right && turns == 1 && !CLOSED(row.st) && row.st != UNDOING -> right = 1; turns = 2; gSeen[0] = busy[0]; gSeen[1] = busy[1] }
  :: atomic { !calm && claim[0] && faults < FAULTS -> faults++; claim[0] = 0; jobs++ } /* heartbeat lost; the worker goes on */
  :: atomic { !calm && claim[1] && faults < FAULTS -> faults++; claim[1] = 0; jobs++ }
  :: atomic { later > 0 && !gOwn[0] && !gOwn[1] -> later--; jobs++ } /* the delay outlasts a run that neither crashed nor lost its lease */
  :: atomic { !calm -> calm = 1 }
  od
}

/* ---- what must be reachable, so that no property holds for want of a history ---- */
#define QUORATE QUORUM(gTruth, row.ver, 1)
#if WITNESS == 1
#define SEEN (row.st == APPLIED && row.ver == 1 && faults == FAULTS)
#elif WITNESS == 2
#define SEEN (row.st == APPLIED && turns == 2 && retries == 1)
#elif WITNESS == 3
#define SEEN (row.st == DENIED && QUORATE)
#elif WITNESS == 4
#define SEEN (row.st == EXPIRED && QUORATE)
#elif WITNESS == 5
#define SEEN (row.st == PENDING && row.annulled)
#elif WITNESS == 6
#define SEEN (row.st == FAILED && failures == 0 && effect[0] == 1)
#elif WITNESS == 7
#define SEEN (row.st == APPLIED && failures == 1 && retries == 1)
#elif WITNESS == 8
#define SEEN (row.st == UNDONE && faults == FAULTS && retries == 1 && effect[0] + effect[1] == 0)
#elif WITNESS == 9
#define SEEN (row.st == UNDONE && gStray)
#endif

/* ---- no lost quorum (AP-8): judged where nothing can move any more, after any history ---- */
active proctype Rest() {
  atomic { timeout ->
#ifdef WITNESS
    assert(!SEEN);
#endif
    assert(!UNDER_WAY);
    assert(row.st != UNDONE || effect[0] + effect[1] == 0 || gStray); /* GR-5: nothing of it is left */
    assert(!(row.st == PENDING && QUORUM(gTruth, row.ver, !row.annulled)));
    assert(!QUORUM(gTruth, row.ver, 1) || late || turns > 0 || gDenied || failures > 0 || row.st == WITHDRAWN || row.st == APPLIED);
    assert(row.st != APPLIED || (effect[0] == 1 && effect[1] == 1))
  }
}

#ifdef LIVENESS
/* The same as a temporal property: once the world is calm, an approved request does not stay one (weak fairness). */
#define stillApproved (row.st == APPROVED || row.st == UNDOING)
ltl settles { [] ((calm && stillApproved) -> <> !stillApproved) }
#endif
