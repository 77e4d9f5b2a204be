"""The texts of the engine's messages by code: errors, warnings, reasons to stop, notes.

``{name}`` stands for the detail of that name. How they are filled in is in :mod:`gui.wording`.
"""

from __future__ import annotations

from gui.i18n import mark

MESSAGES: dict[str, str] = {
    "autodiff.missing_variable": mark("The variable {variable} has no value. Give it one."),
    "autodiff.no_rule": mark(
        "There is no rule for the derivative of {function}. Use functions that Nabla can "
        "differentiate, such as those in the function list."
    ),
    "autodiff.not_scalar": mark(
        "A gradient needs a function with one number as its value; this one gives an array "
        "of shape {shape}. Take the sum, or ask for the Jacobian."
    ),
    "autodiff.which_variable": mark(
        "The function has several variables: {names}. Choose the one to differentiate by."
    ),
    "autodiff.wrong_number": mark(
        "The function has {expected} variables ({names}), but {given} values are given. "
        "Give one value for each."
    ),
    "calculus.bad_steps": mark(
        "Steps from {largest} down to {smallest} make no grid: both must be positive, the "
        "first one larger."
    ),
    "calculus.bounds": mark(
        "From {a} to {b} is no range. Give two finite numbers, the smaller one first."
    ),
    "calculus.corner": mark(
        "Not differentiable at x = {x}: from the left the slope tends to {left}, from the "
        "right to {right}. A corner has two."
    ),
    "calculus.cusp": mark(
        "Not differentiable at x = {x}: the slope grows without bound, to {left} on the "
        "left and to {right} on the right. This is a cusp."
    ),
    "calculus.degenerate": mark(
        "Degenerate: the gradient is zero, and so is a curvature. Second order does not "
        "decide what kind of point this is."
    ),
    "calculus.differentiable": mark(
        "Differentiable at x = {x}: from the left and from the right the slope tends to {slope}."
    ),
    "calculus.edge": mark(
        "x = {x} is an end of the domain: there is only a slope from one side (left "
        "{left}, right {right})."
    ),
    "calculus.half_vertical": mark(
        "Not differentiable at x = {x}: on one side the slope grows without bound (left "
        "{left}, right {right})."
    ),
    "calculus.jump": mark(
        "Not differentiable at x = {x}: the function jumps there, from {left_value} to "
        "{right_value}. What is not continuous has no derivative."
    ),
    "calculus.maximum": mark("A maximum: the gradient is zero and all curvatures are negative."),
    "calculus.minimum": mark("A minimum: the gradient is zero and all curvatures are positive."),
    "calculus.no_curvature": mark("The function has no second derivatives at {x}."),
    "calculus.no_direction": mark("These numbers are no direction: they are all 0, or not finite."),
    "calculus.no_slope": mark("The function has no derivative at {x}, so there is no tangent."),
    "calculus.no_value": mark("The function has no value at {x}. Choose a point of its domain."),
    "calculus.not_critical": mark("Not a critical point: the gradient is not zero."),
    "calculus.not_unit": mark(
        "The direction has length {length}; a directional derivative needs length 1. "
        "Divide the direction by its length."
    ),
    "calculus.outside": mark(
        "The function has no value at x = {x}, so it has no derivative there."
    ),
    "calculus.pieces": mark(
        "The area cannot be cut into {pieces} pieces. Choose a number from 1 to {most}."
    ),
    "calculus.pixels": mark(
        "A plot of {pixels} points cannot be drawn. Choose a number from 2 to {most}."
    ),
    "calculus.pole": mark(
        "Not differentiable at x = {x}: beside it the function itself grows without bound."
    ),
    "calculus.removable": mark(
        "Not differentiable at x = {x}: near it the function tends to {left_value}, but "
        "its value there is {value}. What is not continuous has no derivative."
    ),
    "calculus.saddle": mark("A saddle: the gradient is zero, and the curvatures have both signs."),
    "calculus.shapes": mark(
        "Maps with Jacobians of shapes {outer} and {inner} cannot be composed: the inner "
        "one must end in the space in which the outer one starts."
    ),
    "calculus.undecided": mark(
        "Not decided at x = {x}: the slopes neither settle nor grow steadily. They may oscillate."
    ),
    "calculus.vertical_tangent": mark(
        "Not differentiable at x = {x}: the slope grows without bound on both sides. The "
        "tangent is vertical."
    ),
    "calculus.wrong_number": mark(
        "A point of {expected} coordinates is needed, but {given} are given."
    ),
    "calculus.zero_step": mark(
        "The two points of the secant are the same at x = {x}: the step {step} is 0, or "
        "too small to move x. Choose a larger step."
    ),
    "csv.bad_decimal": mark(
        "The decimal mark has to be a point or a comma, and not the column separator; it "
        "was “{decimal}”."
    ),
    "csv.bad_delimiter": mark(
        "“{delimiter}” cannot separate columns. Use one character, such as a comma, a "
        "semicolon or a tab."
    ),
    "csv.binary": mark(
        "“{path}” is not a text file (byte {position}). Save a spreadsheet as CSV first; "
        "for UTF-16 choose that encoding."
    ),
    "csv.class_too_long": mark(
        "Column “{column}” has a class name of over {limit} characters. Shorten it, or "
        "choose another target."
    ),
    "csv.duplicate_column": mark(
        "The name “{column}” stands over column {first} and column {second}. Rename one of them."
    ),
    "csv.empty": mark("“{path}” is empty. Choose a file with at least one row of data."),
    "csv.empty_column": mark("Column “{column}” holds no values. Choose another column."),
    "csv.encoding": mark(
        "The text is not encoded in {encoding}: byte {position}, on line {line}. Choose "
        "another encoding, for instance GB18030, or save the file as UTF-8."
    ),
    "csv.header_only": mark(
        "“{path}” has a row of column names but no data below it. Add rows, or say that "
        "the first row is data."
    ),
    "csv.input_twice": mark("Column “{column}” is chosen as an input twice. Choose it once."),
    "csv.is_a_directory": mark("“{path}” is a folder. Choose a CSV file in it."),
    "csv.line_too_long": mark(
        "Line {line} has over {limit} characters. This does not look like a table; check the file."
    ),
    "csv.malformed": mark(
        "The row that begins on line {line} has quotation marks that do not match. Close "
        "them, or double those inside a text."
    ),
    "csv.missing_value": mark(
        "Line {line}, column “{column}”: the value is missing (in this column: {count}). "
        "Fill it in, or leave out rows with missing values."
    ),
    "csv.name_too_long": mark(
        "The name of column {column} has {length} characters; at most {limit} are allowed. "
        "Shorten it."
    ),
    "csv.no_inputs": mark("No input column is chosen. Choose at least one column of numbers."),
    "csv.no_memory": mark("“{path}” does not fit into memory. Choose a smaller file."),
    "csv.not_a_file": mark("“{path}” is not an ordinary file. Choose a CSV file."),
    "csv.not_finite": mark(
        "Line {line}, column “{column}”: “{value}” is not a finite number within ±1e100 "
        "(in this column: {count}). Correct it, or leave out such rows."
    ),
    "csv.not_found": mark("There is no file “{path}”. Check the name and the folder."),
    "csv.not_readable": mark(
        "“{path}” cannot be read: {reason}. Check its permissions, or copy it to another folder."
    ),
    "csv.nothing_left": mark(
        "Each of the {count} rows lacks a value, so no row is left. Choose fewer columns, "
        "or fill in the values."
    ),
    "csv.nul": mark(
        "Line {line} holds a NUL character, so this is not a text table. Save the table as "
        "CSV again."
    ),
    "csv.one_class": mark(
        "Column “{column}” holds one class only, “{value}”. Classification needs at least "
        "two; choose another target."
    ),
    "csv.ragged_row": mark(
        "Line {line} has {found} columns where the first row has {expected}. Make the rows "
        "equally long, or choose another separator."
    ),
    "csv.target_is_input": mark(
        "Column “{column}” is both the target and an input. Choose it for one of them only."
    ),
    "csv.text_in_number_column": mark(
        "Line {line}, column “{column}”: “{value}” is not a number (in this "
        "column: {count}). Correct the file, or choose another column or task."
    ),
    "csv.too_big": mark(
        "“{path}” has {megabytes} MB; at most {limit} MB can be imported. Cut the file into parts."
    ),
    "csv.too_many_classes": mark(
        "Column “{column}” holds more than {limit} different values, too many to be "
        "classes. Choose another target, or regression."
    ),
    "csv.too_many_columns": mark(
        "The table has {found} columns; at most {limit} can be imported. Import a random "
        "sample of the columns instead."
    ),
    "csv.too_many_rows": mark(
        "The table has more than {limit} rows. Import a random sample of the rows instead."
    ),
    "csv.unknown_column": mark(
        "There is no column “{column}”. Choose one of the columns of the table."
    ),
    "csv.unknown_encoding": mark("The encoding “{encoding}” is not known. Choose one of: {known}."),
    "data.bad_base64": mark(
        "The values in the data field “{field}” are damaged. Open another copy of the file."
    ),
    "data.bad_class": mark(
        "Row {row} of the table has the class number {value}, which does not exist. The "
        "file is damaged; open another copy."
    ),
    "data.bad_target": mark(
        "Row {row} of the targets is no class: write 0 or 1, or one 1 among zeros."
    ),
    "data.duplicate_name": mark(
        "The data field “{field}” holds the name “{name}” twice. Rename one of the two."
    ),
    "data.length": mark("The data field “{field}” has {length} entries; it needs {low} to {high}."),
    "data.missing_field": mark(
        "The data field “{field}” is missing. The file is damaged; open another copy."
    ),
    "data.not_a_flag": mark("The data field “{field}” has to be true or false, and not “{value}”."),
    "data.not_a_list": mark("The data field “{field}” has to be a list, and not “{value}”."),
    "data.not_a_number": mark("The data field “{field}” has to be a number, and not “{value}”."),
    "data.not_an_integer": mark(
        "The data field “{field}” has to be a whole number, and not “{value}”."
    ),
    "data.not_an_object": mark(
        "The description of the data is damaged: “{value}” stands where its fields should "
        "be. Open another copy of the file."
    ),
    "data.not_bytes": mark("The data field “{field}” has to be bytes, and not “{value}”."),
    "data.not_finite": mark(
        "Row {row}, column {column} of the data field “{field}” is not a finite number "
        "within ±1e100."
    ),
    "data.not_text": mark("The data field “{field}” has to be text, and not “{value}”."),
    "data.out_of_range": mark(
        "The data field “{field}” is {value}; it has to lie between {low} and {high}."
    ),
    "data.row_counts": mark(
        "There are {inputs} rows of inputs but {targets} rows of targets. Give each sample both."
    ),
    "data.size": mark(
        "The data field “{field}” holds {size} bytes, which is not a whole number of rows "
        "of {row_size} bytes. The file is damaged; open another copy."
    ),
    "data.text_length": mark(
        "The text of the data field “{field}” has {length} characters; 1 to {limit} are allowed."
    ),
    "data.two_columns": mark("Two classes take one target column of 0 and 1, not two columns."),
    "data.unknown": mark(
        "The data field “{field}” holds “{value}”, which is not known. Known are: {known}."
    ),
    "data.unknown_field": mark(
        "The data field “{field}” is not known. The file may be damaged or from a newer version."
    ),
    "data.unknown_source": mark("The source of the data is not known: “{value}”."),
    "data.unknown_task": mark("“{value}” is not a task. Choose regression or classification."),
    "data.unprintable": mark(
        "The text of the data field “{field}” holds characters that cannot be shown. Remove them."
    ),
    "derivative.zero_step": mark(
        "With h = 0 there is no second point. Take another h, such as 0.1."
    ),
    "descent.at_minimum": mark("Converged: it rests at a known minimum."),
    "descent.clip_not_positive": mark("The longest gradient is {value}; it has to be above 0."),
    "descent.converged": mark(
        "Converged: at {point} the gradient is as good as zero, and the value is {value}."
    ),
    "descent.crawling": mark(
        "Stuck: the last steps together are only {length} long, and the gradient is "
        "{gradient}. Choose a larger learning rate, or another start if the ground is flat."
    ),
    "descent.diverged": mark(
        "Diverged: the {what} has become {value}. Choose a smaller learning rate."
    ),
    "descent.growing": mark(
        "Diverging: steps, gradient and value grow. Choose a smaller learning rate."
    ),
    "descent.local_minimum": mark(
        "Stuck in a local minimum, {above} above the lowest one. Another start or more "
        "momentum may lead on."
    ),
    "descent.no_descent": mark(
        "Stuck: {trials} lengths were tried along the search direction, and none leads down."
    ),
    "descent.no_variable": mark(
        "“{text}” has no variable, so there is nowhere to go. Type a function of x, or of x and y."
    ),
    "descent.on_the_way": mark(
        "Still on its way: value {value}, gradient {gradient}. Let it run longer."
    ),
    "descent.oscillating": mark(
        "Oscillating: coordinate {coordinate} swings by {width} from step to step and does "
        "not settle. Choose a smaller learning rate."
    ),
    "descent.start_not_finite": mark(
        "The start's coordinate {name} is {value}. Choose a finite number."
    ),
    "descent.start_undefined": mark(
        "At the start, {point}, the value is {value}: the function or its gradient has no "
        "finite value there. Move the start."
    ),
    "descent.stuck_at_maximum": mark("Stuck on a summit at {point}: the gradient is zero."),
    "descent.stuck_at_saddle": mark(
        "Stuck on a saddle point at {point}: the gradient is zero, yet there is a way down."
    ),
    "descent.stuck_on_flat": mark(
        "Stuck on flat ground at {point}: gradient and curvature are zero."
    ),
    "descent.too_many_dimensions": mark(
        "{name} needs a matrix of {given} × {given} numbers; it takes up to {most} "
        "parameters. Choose another optimizer or a smaller network."
    ),
    "descent.too_many_variables": mark(
        "The function has {count} variables; this lab takes one or two. Give the others a number."
    ),
    "descent.without_bottom": mark(
        "The function falls without end in this direction: there is no minimum to find."
    ),
    "descent.wrong_dimension": mark(
        "The start has {given} coordinates, but the function has {expected}. Give one "
        "number for each variable."
    ),
    "descent.zero_gradient": mark(
        "The start, {point}, has no slope ({kind}): no optimizer knows where to go. Move "
        "the start a little."
    ),
    "experiment.inputs_mismatch": mark(
        "The network has {network} inputs, but the data has {data}. Choose other columns, "
        "or another network."
    ),
    "experiment.outputs_mismatch": mark(
        "The network has {network} outputs, but the data needs {data}. Choose another "
        "target, or another network."
    ),
    "export.bad_suffix": mark(
        'Nabla cannot write files of the kind "{suffix}". Use one of these endings: {known}.'
    ),
    "export.disk_full": mark(
        "There is no space left for the file in {folder}. Free some space, or choose "
        "another folder."
    ),
    "export.failed": mark("The file {path} could not be written: {reason}. Try another folder."),
    "export.is_folder": mark("{path} is a folder. Give the file another name."),
    "export.long_name": mark("The file name is too long. Choose a shorter one."),
    "export.no_folder": mark(
        "The folder {folder} does not exist. Choose another one, or make it first."
    ),
    "export.not_allowed": mark("You may not write into the folder {folder}. Choose another one."),
    "export.not_drawn": mark(
        '"{view}" could not be drawn, so no file was written. The log says why.'
    ),
    "export.too_large": mark(
        "A picture of {width} × {height} pixels is too large. Choose a smaller size or sharpness."
    ),
    "export.window_has_no_table": mark(
        "A whole window has no table of data. Choose one view to write a CSV file."
    ),
    "expression.arity": mark("Write {usage}; the number of arguments given is {given}."),
    "expression.chained_comparison": mark(
        "Only one comparison can follow “if”. Put a second choice inside: {{ {{1 if x < 1 "
        "else 0}} if x > 0 else 0}}."
    ),
    "expression.condition": mark(
        "After “if” a comparison is needed, with <, <=, > or >=: {{x if x > 0 else 0}}."
    ),
    "expression.derivative_too_large": mark(
        "The derivative would have more than {limit} parts. Simplify the function."
    ),
    "expression.else": mark("The “else” for this “if” is missing: {{x if x > 0 else 0}}."),
    "expression.empty": mark("Type an expression, such as x^2 or sin x."),
    "expression.empty_parentheses": mark(
        "There is nothing in the parentheses. Type an expression between them, or delete them."
    ),
    "expression.equals": mark(
        "An expression has no “=”. Type the right-hand side only: x^2 for y = x^2."
    ),
    "expression.incomplete": mark(
        "Something is missing after “{sign}”. Type what should follow, such as x or 2."
    ),
    "expression.inverse_power": mark(
        "{function} to a negative power can be misread. Write 1/{function}(x), or the name "
        "of the inverse function, such as arcsin(x)."
    ),
    "expression.missing_value": mark("The variable {variable} has no value. Give it one."),
    "expression.misspelt_name": mark(
        "“{name}” is not known. Did you mean {suggestion}, as in {hint}? A product of "
        "variables needs * or spaces between them."
    ),
    "expression.no_argument": mark("The function has no argument. Write it as in sin(x)."),
    "expression.not_a_variable": mark(
        "“{name}” is not a variable. Use one letter, perhaps with an index, such as x or x1."
    ),
    "expression.not_finite": mark("{value} is no finite number. Use a number such as 0.5."),
    "expression.number_out_of_range": mark(
        "{number} is too large or too small a number. Use one between 1e-307 and 1e308."
    ),
    "expression.number_too_long": mark("This number has over {limit} digits. Shorten it."),
    "expression.operand_before_closing": mark(
        "Something is missing before “{sign}”. Complete what stands in the parentheses."
    ),
    "expression.operand_expected": mark(
        "“{sign}” cannot stand here: a number, a variable or a function should. Put one "
        "before it, or delete it."
    ),
    "expression.order": mark(
        "There is no derivative of order {order} here. Choose an order from 1 to {highest}."
    ),
    "expression.several_variables": mark(
        "A function of one variable is wanted here, but there are {count}: {names}. Keep "
        "one of them."
    ),
    "expression.stray_character": mark("“{character}” has no meaning in an expression. Delete it."),
    "expression.stray_comma": mark(
        "A comma separates the arguments of a function only. For a decimal number use a "
        "point, as in 1.5."
    ),
    "expression.stray_comparison": mark(
        "“{sign}” can only stand in a choice: {{x if x > 0 else 0}}."
    ),
    "expression.stray_else": mark("There is no “if” for this “else”. Write {{x if x > 0 else 0}}."),
    "expression.too_deep": mark(
        "Too much is nested here: at most {limit} levels are allowed. Simplify the expression."
    ),
    "expression.too_long": mark("The text is longer than {limit} characters. Shorten it."),
    "expression.too_many_parts": mark("The expression has more than {limit} parts. Shorten it."),
    "expression.two_numbers": mark(
        "Two numbers stand side by side. Put a sign between them, such as * or +."
    ),
    "expression.unclosed": mark("This “{sign}” is not closed. Add a “{closing}”."),
    "expression.unknown_name": mark(
        "“{name}” is not known. A variable is one letter, perhaps with an index (x, x1); "
        "write a product with * or spaces between the letters."
    ),
    "expression.unopened": mark(
        "Nothing was opened that this “{sign}” could close. Delete it, or add its partner "
        "before it."
    ),
    "formula.no_words": mark(
        "The loss cannot be written as a formula of this parameter: softmax and learned "
        "slopes have none in one variable. Choose another weight or network."
    ),
    "formula.too_long": mark(
        "The loss of this network is too long a formula for one weight. Choose a weight "
        "nearer to the output, or a smaller network."
    ),
    "function.unknown": mark("There is no test function “{key}”. Known ones: {known}."),
    "initializer.unknown": mark("There is no initializer “{key}”. Choose one from the list."),
    "initializer.values_count": mark(
        "{given} values are given, but the network has {expected} parameters. Give one "
        "value for each."
    ),
    "landscape.axis.bias_gradient": mark("Biases of layer {layer}: −∇L"),
    "landscape.axis.layer_gradient": mark("Layer {layer}: −∇L"),
    "landscape.axis.parameter": mark("{name}"),
    "landscape.axis.principal": mark("Component {number}"),
    "landscape.axis.random": mark("Direction {number}"),
    "landscape.axis.weight_gradient": mark("Weights of layer {layer}: −∇L"),
    "landscape.cut_parameter": mark(
        "The connection {name} is cut, so its weight stays 0. Join it, or choose another weight."
    ),
    "landscape.default_weights": mark("the two steepest weights of the last layer"),
    "landscape.no_gradient": mark(
        "The gradient of layer {layer} is zero here; its axis scales the layer's own "
        "weights instead."
    ),
    "landscape.no_plane": mark("The two directions do not span a plane. Choose other axes."),
    "landscape.no_such_layer": mark(
        "There is no layer {layer}: the network has {layers}. Choose another layer for the axis."
    ),
    "landscape.nothing_to_vary": mark(
        "Too few parameters of layer {layer} can vary to make an axis. Choose another "
        "layer, or join a cut connection."
    ),
    "landscape.one_parameter": mark(
        "A loss surface needs two parameters that can vary, and this network has only one. "
        "Add a neuron or a bias, or join a cut connection."
    ),
    "landscape.same_parameter": mark("Both axes are {name}. Choose two different weights."),
    "landscape.short_path": mark(
        "Principal components need {needed} different states of the path, and there are "
        "{states} so far. Train for a few iterations, or choose other axes."
    ),
    "landscape.steepest_weights": mark(
        "Layer {layer} has no biases; the axes are its two steepest weights."
    ),
    "landscape.straight_path": mark(
        "The path is a straight line so far; the second axis goes downhill across it."
    ),
    "landscape.unknown_axes": mark(
        'There is no way "{key}" to choose the axes of the loss surface. Choose one of: {known}.'
    ),
    "landscape.unknown_parameter": mark(
        "A weight chosen for an axis is no longer in the network. Choose two weights anew."
    ),
    "landscape.zero_weights": mark(
        "All weights are zero, so the random directions have unit length."
    ),
    "learning_rate.out_of_bounds": mark(
        "The learning rate cannot be {value}. Enter a number above 0, up to {maximum}."
    ),
    "lesson.unknown": mark("There is no lesson “{id}”. Known are: {known}."),
    "loss.does_not_fit_output": mark(
        "The loss {loss} does not fit the output activation {activation}. Choose one of: {fitting}."
    ),
    "loss.needs_classes": mark(
        "The loss {loss} is for classes, but the target is a number. Choose a squared error."
    ),
    "loss.needs_two_outputs": mark(
        "The loss {loss} needs at least two outputs, one for each class; the network has "
        "{outputs}. Choose binary cross-entropy, or data with more classes."
    ),
    "loss.unknown": mark("There is no loss “{key}”. Choose one from the list."),
    "map.dimensions": mark("A map needs a function of one or two variables; this one has {given}."),
    "map.empty_span": mark("The range from {low} to {high} is empty. Choose a larger upper end."),
    "network.activations_count": mark(
        "{given} activations are given for {layers} layers. Give one for each layer."
    ),
    "network.bad_ids": mark(
        "The description of the network is damaged: its neurons are not told apart. Open "
        "another copy of the file."
    ),
    "network.bad_marks": mark(
        "A cut or frozen mark belongs to no connection of this network, or stands twice. "
        "Remove the mark."
    ),
    "network.bad_width": mark(
        "Layer {layer} cannot have {units} neurons. Choose a number from 1 to {most}."
    ),
    "network.input_is_bound": mark(
        "The number of inputs belongs to the data: choose other columns under Data."
    ),
    "network.last_unit": mark(
        "This is the last neuron of layer {layer}. Remove the whole layer instead."
    ),
    "network.no_layers": mark("A network needs at least its output layer. Add a layer."),
    "network.no_such_layer": mark("There is no layer {layer} here."),
    "network.no_such_parameter": mark("This parameter is no longer part of the network."),
    "network.no_such_unit": mark("This neuron is no longer part of the network."),
    "network.not_a_connection": mark("Only a connection between two neurons can be cut."),
    "network.output_is_bound": mark(
        "The output layer belongs to the data: it can be neither widened, narrowed, moved "
        "nor removed. Add a hidden layer instead."
    ),
    "network.softmax_inside": mark(
        "Softmax fits the output layer only, not layer {layer}. Choose another activation there."
    ),
    "network.too_many_layers": mark(
        "The network would have {layers} layers; at most {most} are possible. Remove some."
    ),
    "network.too_many_parameters": mark(
        "The network would have {parameters} parameters; at most {most} are possible. Use "
        "fewer or smaller layers."
    ),
    "network.unknown_activation": mark(
        "Layer {layer} asks for the activation “{activation}”, which does not exist. "
        "Choose one from the list."
    ),
    "number.comma": mark("“{text}” is not a number. With a decimal point it is {better}."),
    "number.empty": mark("Type a number, such as 0.1 or 1e-5."),
    "number.not_a_number": mark("“{text}” is not a number. Type one such as 0.1, 1e-5 or 1/3."),
    "number.not_whole": mark("“{text}” is not a whole number. Type one such as 10."),
    "optimizer.not_elementwise": mark(
        "{name} looks at the whole function, so it cannot be computed for thousands of "
        "points at once. Choose an optimizer without a search."
    ),
    "optimizer.not_for_training": mark(
        "{name} looks at the whole loss, not at one batch after the other. Race it in the "
        "descent lab instead, or choose another optimizer."
    ),
    "optimizer.unknown": mark("There is no optimizer “{key}”. Choose one from the list."),
    "parameter.is_cut": mark("This connection is cut: join it before giving it a weight."),
    "parameter.not_finite": mark("A parameter must be a finite number."),
    "parameter.too_large": mark("A weight may be at most {maximum} in size."),
    "parameter.unreadable": mark(
        "“{text}” is not a number. Type something like 0.5, −2e-3 or 1/3."
    ),
    "race.network_too_large": mark(
        "The network has {given} parameters; the descent lab follows at most {most}. Take "
        "a smaller network."
    ),
    "run.last_one": mark("This is the only run, so it stays. Start another one first."),
    "run.too_many": mark("There are {most} runs already. Delete one to start another."),
    "schedule.unknown": mark(
        "There is no schedule “{key}” for the learning rate. Choose one from the list."
    ),
    "session.cut": mark(
        "“{path}” ends too early, after {kilobytes} kB: it was cut while being copied or "
        "saved. Open another copy of the file."
    ),
    "session.damaged": mark(
        "“{path}” is damaged at “{place}”, so it was not opened. Open another copy of the file."
    ),
    "session.newer_version": mark(
        "“{path}” was saved by a newer Nabla (format {version}; this one reads up to "
        "{known}). Update Nabla to open it."
    ),
    "session.not_a_session": mark(
        "“{path}” is not a Nabla session. Choose a file that Nabla has saved, ending in .nabla."
    ),
    "session.not_found": mark("There is no file “{path}”. Check the name and the folder."),
    "session.not_readable": mark(
        "“{path}” cannot be read: {reason}. Check its permissions, or copy it to another folder."
    ),
    "session.not_written": mark(
        "“{path}” cannot be written: {reason}. Save to another folder; the old file is as it was."
    ),
    "session.other_engine": mark(
        "This session was computed by another version of Nabla, or on another kind of "
        "machine. What was stored is exact; training goes on in a new run."
    ),
    "session.too_big": mark(
        "“{path}” has over {limit} MB, more than a session can have. Check that it is the "
        "right file."
    ),
    "session.too_large": mark(
        "The session would take {megabytes} MB; at most {limit} MB can be saved. Delete "
        "runs, or import a sample of the table."
    ),
    "setting.not_whole": mark("{name} cannot be {value}. Enter a whole number."),
    "setting.out_of_bounds": mark(
        "{name} cannot be {value}. Enter a number from {minimum} to {maximum}."
    ),
    "setting.unknown": mark("The setting “{name}” does not exist here. Known are: {known}."),
    "source.unknown": mark(
        "“{source}” cannot be opened. Give a session file (.nabla), a table (.csv), or a "
        "lesson: {lessons}."
    ),
    "study.no_surface": mark(
        "There is no loss surface of this network to study yet. Open the loss surface first."
    ),
    "study.no_weight": mark(
        "Select a weight or a bias first, then study the loss as a function of it."
    ),
    "surface.too_many_variables": mark(
        "This function has {count} variables; {most} are the most that can be shown. Leave "
        "some of them out."
    ),
    "training.diverged": mark(
        "Training diverged: on iteration {overflow_iteration}, {operation} of neuron "
        "{unit} in layer {layer} was the first number to overflow. The run stands at the "
        "last finite state. Lower the learning rate, or step back and change something."
    ),
    "training.diverged_anywhere": mark(
        "Training diverged: on iteration {overflow_iteration}, {operation} was the first "
        "number to overflow. The run stands at the last finite state. Lower the learning "
        "rate, or step back and change something."
    ),
    "training.no_kernel": mark(
        "This run was computed by compiled kernels, which are not available here "
        "({reason}). Install Numba, or go on in a new run."
    ),
}

NAMES = (mark("Fixed samples"), mark("UCI Machine Learning Repository"))
"""Names that the engine gives to data, beside the labels in its tables."""
