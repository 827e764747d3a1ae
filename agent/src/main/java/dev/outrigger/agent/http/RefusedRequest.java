package dev.outrigger.agent.http;

import dev.outrigger.agent.node.Problem;

/**
 * A request that ends here, with the problem its sender gets. It travels as a failure through the handlers of one
 * request and never leaves this package.
 */
final class RefusedRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RefusedRequest(Problem problem) {
        super(problem.code() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
    }

    static RefusedRequest because(Problem.Code code, String detail) {
        return new RefusedRequest(Problem.of(code, Problem.Outcome.NONE, detail));
    }

    Problem problem() {
        return problem;
    }
}
