package dev.outrigger.agent.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outrigger.agent.node.Answer;
import dev.outrigger.agent.node.Problem;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;

/**
 * The results of a batch, in the order of its commands.
 *
 * @param answers one for each command that was taken
 */
record BatchResults(BatchRequest request, List<Answer<Answer.Applied>> answers) {
    /** In JSON. */
    Buffer write(Problems problems) {
        List<Answer<Answer.Applied>> results = inOrder(problems);
        return Json.write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("results");
            for (Answer<Answer.Applied> result : results) {
                if (result instanceof Answer.Ok<Answer.Applied> ok) {
                    write(json, ok.value());
                } else if (result instanceof Answer.Failed<Answer.Applied> failed) {
                    write(json, failed.problem());
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** In binary. */
    Buffer writeFrame(Problems problems) {
        return BatchFrames.write(inOrder(problems));
    }

    private List<Answer<Answer.Applied>> inOrder(Problems problems) {
        List<Answer<Answer.Applied>> results = new ArrayList<>(request.size());
        Iterator<Answer<Answer.Applied>> next = answers.iterator();
        for (int place = 0; place < request.size(); place++) {
            Problem refused = request.refused().get(place);
            Answer<Answer.Applied> result = refused != null ? new Answer.Failed<>(refused) : next.next();
            if (result instanceof Answer.Failed<Answer.Applied> failed) {
                problems.count(failed.problem());
            }
            results.add(result);
        }
        return results;
    }

    private static void write(JsonGenerator json, Answer.Applied applied) throws IOException {
        byte[] data =
                Base64.getEncoder().encode(applied.data().array()); // the JDK's is faster than the generator's own
        json.writeStartObject();
        json.writeNumberField("index", applied.index());
        json.writeNumberField("term", applied.term());
        json.writeNumberField("code", applied.code());
        json.writeFieldName("data");
        json.writeRawUTF8String(data, 0, data.length);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Problem problem) throws IOException {
        json.writeStartObject();
        json.writeFieldName("problem");
        new ProblemDocument(problem).writeTo(json);
        json.writeEndObject();
    }
}
